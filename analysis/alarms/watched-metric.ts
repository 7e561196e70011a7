import type { AlarmDefinition, MeasuredQuery, MetricQuery, Statistic } from '../rehearsal/alarms/alarm-definition';
import { unsupportedFunctions } from '../rehearsal/alarms/metric-math';
import { MetricMathError, parseMetricMath } from '../rehearsal/alarms/metric-math-parser';
import { readRule } from '../rehearsal/template/read-alarm';
import { describe, isList, isMap, numberOf, type Resource, textOf, type Value } from '../template';

/** A metric as an alarm asks for it. */
export interface WatchedMetric {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, Value>>;
  readonly statistic: string;
  readonly periodSeconds: number;
}

/** An alarm of a template: what it looks at, and how it judges that. */
export interface WatchedAlarm {
  readonly resource: Resource;
  readonly metrics: readonly WatchedMetric[];
  readonly definition: AlarmDefinition<string>;
}

/**
 * Reads an `AWS::CloudWatch::Alarm`, whatever its metrics are.
 *
 * @returns a sentence when it cannot be read
 */
export function readWatchedAlarm(resource: Resource): WatchedAlarm | string {
  const rule = readRule(resource);
  if (typeof rule === 'string') return `${rule} cannot be judged`;
  const list = resource.property('Metrics');
  const entries = list !== undefined && isList(list) ? list : [];
  const metrics = entries.length === 0 ? [single(resource)] : entries.flatMap((entry) => measured(entry) ?? []);
  const expressions = entries.flatMap((entry) => computed(entry) ?? []);
  const unreadable = expressions.flatMap(({ expression }) => problemsOf(expression));
  if (unreadable.length > 0) return unreadable.join('; ');
  const queries: MetricQuery<string>[] = [...metrics.map(toQuery), ...expressions];
  return {
    resource,
    metrics,
    definition: {
      ...rule,
      name: resource.logicalId,
      queries,
      returns: returned(entries) ?? queries[0]?.id ?? '',
      periodSeconds: metrics[0]?.periodSeconds ?? 60,
    },
  };
}

/** A name for the metric under which every query of it, in any alarm, sees the same series. */
export function seriesKey({
  namespace,
  name,
  dimensions,
  statistic,
}: Omit<WatchedMetric, 'id' | 'periodSeconds'>): string {
  const named = Object.entries(dimensions).map(([dimension, value]) => `${dimension}=${describe(value)}`);
  return `${namespace} ${name} {${named.sort().join(', ')}} ${statistic}`;
}

function toQuery(metric: WatchedMetric): MeasuredQuery<string> {
  return {
    id: metric.id,
    measure: seriesKey(metric),
    statistic: metric.statistic as Statistic,
    resolutionSeconds: Math.min(60, metric.periodSeconds),
  };
}

function single(resource: Resource): WatchedMetric {
  const statistic = resource.property('ExtendedStatistic') ?? resource.property('Statistic');
  return watched('m', resource.properties, statistic, resource.property('Period'));
}

function measured(entry: Value): WatchedMetric | undefined {
  const stat = isMap(entry) ? entry['MetricStat'] : undefined;
  if (!isMap(entry) || !isMap(stat)) return undefined;
  const metric = stat['Metric'];
  return isMap(metric) ? watched(words(entry['Id']), metric, stat['Stat'], stat['Period']) : undefined;
}

function watched(
  id: string,
  metric: Readonly<Record<string, Value>>,
  statistic: Value | undefined,
  period: Value | undefined,
): WatchedMetric {
  const dimensions = metric['Dimensions'];
  const seconds = numberOf(period);
  return {
    id,
    namespace: words(metric['Namespace']),
    name: words(metric['MetricName']),
    dimensions: Object.fromEntries(
      (dimensions !== undefined && isList(dimensions) ? dimensions : []).flatMap((dimension) =>
        isMap(dimension) ? [[words(dimension['Name']), dimension['Value'] ?? '']] : [],
      ),
    ),
    statistic: words(statistic) || 'Average',
    periodSeconds: typeof seconds === 'number' ? seconds : 60,
  };
}

function computed(entry: Value): { readonly id: string; readonly expression: string } | undefined {
  const expression = isMap(entry) ? textOf(entry['Expression']) : undefined;
  return isMap(entry) && typeof expression === 'string' ? { id: words(entry['Id']), expression } : undefined;
}

function problemsOf(expression: string): string[] {
  try {
    return unsupportedFunctions(parseMetricMath(expression)).map((reason) => `'${expression}': ${reason}`);
  } catch (error) {
    if (error instanceof MetricMathError) return [error.message];
    throw error;
  }
}

function returned(entries: readonly Value[]): string | undefined {
  const found = entries.find((entry) => isMap(entry) && String(entry['ReturnData'] ?? true) === 'true');
  return isMap(found) ? words(found['Id']) : undefined;
}

function words(value: Value | undefined): string {
  const text = textOf(value);
  return typeof text === 'string' ? text : '';
}
