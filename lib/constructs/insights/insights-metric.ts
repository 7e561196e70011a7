import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** A state that a function of this folder publishes; names are those of runtime/telemetry/catalogue.ts. */
export function insightsMetric(
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  options?: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace,
    metricName,
    dimensionsMap,
    statistic: cloudwatch.Stats.MAXIMUM,
    period: Duration.minutes(5),
    ...options,
  });
}
