import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** An alarm takes at most ten metrics: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const METRICS_OF_ALARM = 10;

/** `items` in groups that fit into one alarm each. */
export function inGroups<T>(items: readonly T[]): T[][] {
  const groups = Math.ceil(items.length / METRICS_OF_ALARM);
  return Array.from({ length: groups }, (_, index) =>
    items.slice(index * METRICS_OF_ALARM, (index + 1) * METRICS_OF_ALARM),
  );
}

/** The id of the alarm over a group: the first has no number. */
export function numbered(id: string, index: number): string {
  return index === 0 ? id : `${id}-${index + 1}`;
}

/** Several metrics added up; one without data adds nothing. */
export function summedUp(metrics: readonly cloudwatch.Metric[], period: Duration): cloudwatch.MathExpression {
  return combined('SUM', metrics, period);
}

/** The largest of several metrics. */
export function largestOf(metrics: readonly cloudwatch.Metric[], period: Duration): cloudwatch.MathExpression {
  return combined('MAX', metrics, period);
}

function combined(
  how: 'SUM' | 'MAX',
  metrics: readonly cloudwatch.Metric[],
  period: Duration,
): cloudwatch.MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  return new cloudwatch.MathExpression({
    expression: `${how}([${Object.keys(usingMetrics).join(', ')}])`,
    usingMetrics,
    period,
  });
}
