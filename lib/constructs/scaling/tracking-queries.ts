import type { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { IMetric, MetricExpressionConfig, MetricStatConfig } from 'aws-cdk-lib/aws-cloudwatch';

type Query = CfnScalingPolicy.TargetTrackingMetricDataQueryProperty;

/** `metric` as the queries of a target-tracking policy; the last one is the tracked one. Its period is one minute there. */
export function trackingQueries(metric: IMetric): Query[] {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  if (mathExpression !== undefined) return expressionQueries(mathExpression);
  return metricStat === undefined ? [] : [statQuery('metric', metricStat, true)];
}

function expressionQueries({ expression, usingMetrics }: MetricExpressionConfig): Query[] {
  const inputs = Object.entries(usingMetrics).flatMap(([id, metric]) => {
    const { metricStat } = metric.toMetricConfig();
    return metricStat === undefined ? [] : [statQuery(id, metricStat, false)];
  });
  return [...inputs, { id: 'tracked', expression, returnData: true }];
}

function statQuery(
  id: string,
  { namespace, metricName, dimensions, statistic }: MetricStatConfig,
  returned: boolean,
): Query {
  return {
    id,
    metricStat: {
      metric: {
        namespace,
        metricName,
        dimensions: (dimensions ?? []).map(({ name, value }) => ({ name, value: String(value) })),
      },
      stat: statistic,
    },
    returnData: returned,
  };
}
