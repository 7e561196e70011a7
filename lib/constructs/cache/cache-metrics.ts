import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { CacheServer } from './cache-server';

const PERIOD = Duration.minutes(1);

/** What ElastiCache reports under these dimensions, which are one of a cache's `metricDimensions`. */
export function reported(
  dimensionsMap: Readonly<Record<string, string>>,
  metricName: string,
  statistic: string,
  period: Duration,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/ElastiCache',
    metricName,
    dimensionsMap: { ...dimensionsMap },
    statistic,
    period,
  });
}

/** Several series of one metric, with an id for each. */
type Series = Record<string, cloudwatch.Metric>;

function series({ metricDimensions }: CacheServer, prefix: string, metricName: string, statistic: string): Series {
  return Object.fromEntries(
    metricDimensions.map((dimensionsMap, index) => [
      `${prefix}${index + 1}`,
      reported(dimensionsMap, metricName, statistic, PERIOD),
    ]),
  );
}

// A node that was just lost reports nothing, and must not hide the others.
const total = (of: Series): string =>
  `(${Object.keys(of)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ')})`;

/** The largest of several series of a cache. */
export function largest(
  server: CacheServer,
  metricName: string,
  options: cloudwatch.MathExpressionOptions,
): cloudwatch.MathExpression {
  const usingMetrics = series(server, 'm', metricName, cloudwatch.Stats.MAXIMUM);
  const expression = `MAX([${Object.keys(usingMetrics).join(', ')}])`;
  return new cloudwatch.MathExpression({ expression, usingMetrics, period: PERIOD, ...options });
}

/** The sum of several series of a cache. */
export function summed(
  server: CacheServer,
  metricName: string,
  options: cloudwatch.MathExpressionOptions,
): cloudwatch.MathExpression {
  const usingMetrics = series(server, 'm', metricName, cloudwatch.Stats.SUM);
  return new cloudwatch.MathExpression({ expression: total(usingMetrics), usingMetrics, period: PERIOD, ...options });
}

/** Hits as a percentage of look-ups, over all series of a cache; no value while nobody looks anything up. */
export function hitRatio(server: CacheServer, options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
  const hits = series(server, 'hits', 'CacheHits', cloudwatch.Stats.SUM);
  const misses = series(server, 'misses', 'CacheMisses', cloudwatch.Stats.SUM);
  return new cloudwatch.MathExpression({
    expression: `100 * ${total(hits)} / (${total(hits)} + ${total(misses)})`,
    usingMetrics: { ...hits, ...misses },
    label: 'Cache hit ratio',
    period: PERIOD,
    ...options,
  });
}

/** One series of a cache as a percentage of `limit`, an expression that may use the period of `used`. */
export function share(
  server: CacheServer,
  metricName: string,
  limit: string,
  statistic: string,
  options: cloudwatch.MathExpressionOptions,
): cloudwatch.MathExpression {
  const used = Object.values(series(server, 'used', metricName, statistic))[0];
  return new cloudwatch.MathExpression({
    expression: `100 * used / (${limit})`,
    usingMetrics: used === undefined ? {} : { used },
    period: PERIOD,
    ...options,
  });
}
