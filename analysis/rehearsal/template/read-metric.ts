import { isList, isMap, numberOf, type Resource, resourcesIn, textOf, Unresolved, type Value } from '../../template';
import type { Measure, MeasuredQuery, MetricQuery, Statistic } from '../alarms/alarm-definition';
import { tryQueries } from '../alarms/alarm-monitor';
import { unsupportedFunctions } from '../alarms/metric-math';
import { MetricMathError, parseMetricMath } from '../alarms/metric-math-parser';
import type { Notes } from './template-error';

/** What a metric of CloudWatch is in the rehearsal. */
const MEASURES: Readonly<Record<string, Measure>> = {
  'AWS/ECS CPUUtilization': 'cpu',
  'AWS/ECS MemoryUtilization': 'memory',
  'AWS/ApplicationELB RequestCount': 'request-count',
  'AWS/ApplicationELB RequestCountPerTarget': 'request-count-per-target',
  'AWS/ApplicationELB TargetResponseTime': 'response-time',
  'AWS/ApplicationELB HTTPCode_Target_5XX_Count': 'target-errors',
  'AWS/ApplicationELB HTTPCode_ELB_5XX_Count': 'target-errors',
  'AWS/ApplicationELB HealthyHostCount': 'healthy-hosts',
  'ECS/ContainerInsights RunningTaskCount': 'running-tasks',
  'AWS/RDS CPUUtilization': 'reader-cpu',
  'AWS/RDS DatabaseConnections': 'reader-connections',
  'AWS/Lambda ProvisionedConcurrencyUtilization': 'provisioned-utilization',
};

const STATISTICS: readonly string[] = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'];

/** The metrics of an alarm or a tracker, as far as the rehearsal knows them. */
export interface ReadQueries {
  readonly queries: readonly MetricQuery[];
  readonly returns: string;
  /** Period that the queries themselves state. */
  readonly periodSeconds: number | undefined;
}

/** The text of `value`, or undefined when it is absent or not known. */
export function text(value: Value | undefined): string | undefined {
  const found = textOf(value);
  return found instanceof Unresolved ? undefined : found;
}

/** The number in `value`, or undefined when it is absent or not known. */
export function number(value: Value | undefined): number | undefined {
  const found = numberOf(value);
  return found instanceof Unresolved ? undefined : found;
}

function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((inner, name) => (isMap(inner) ? inner[name] : undefined), value);
}

/** Reads a list of metric data queries (`Metrics`). Problems are noted; then there are no queries. */
export function readQueries(
  owner: Resource,
  metrics: Value | undefined,
  idle: readonly Resource[],
  notes: Notes,
): ReadQueries | undefined {
  if (!isList(metrics)) return undefined;
  const queries = metrics.flatMap((metric) => readQuery(owner, metric, idle, notes) ?? []);
  if (queries.length < metrics.length) return undefined;
  const returned = metrics.findIndex((metric) => String(at(metric, 'ReturnData') ?? true) === 'true');
  const periods = metrics.flatMap((metric) => number(at(metric, 'MetricStat', 'Period')) ?? []);
  const read = { queries, returns: queries[returned]?.id ?? '', periodSeconds: periods[0] };
  try {
    tryQueries(queries, read.returns);
    return read;
  } catch (error) {
    if (!(error instanceof MetricMathError)) throw error;
    notes.fail(owner.address, error.message);
    return undefined;
  }
}

function readQuery(owner: Resource, metric: Value, idle: readonly Resource[], notes: Notes): MetricQuery | undefined {
  const id = text(at(metric, 'Id')) ?? 'm';
  const expression = text(at(metric, 'Expression'));
  if (expression !== undefined) return readExpression(owner, id, expression, notes);
  const stat = at(metric, 'MetricStat');
  return readMetric(owner, id, at(stat, 'Metric'), text(at(stat, 'Stat')), idle, notes);
}

function readExpression(owner: Resource, id: string, expression: string, notes: Notes): MetricQuery | undefined {
  try {
    const reasons = unsupportedFunctions(parseMetricMath(expression));
    if (reasons.length === 0) return { id, expression };
    notes.skip(owner.address, `'${expression}' is not evaluated (${reasons.join('; ')})`);
  } catch (error) {
    if (!(error instanceof MetricMathError)) throw error;
    notes.fail(owner.address, error.message);
  }
  return undefined;
}

/**
 * Reads one metric: `MetricName`, `Namespace`, `Dimensions`.
 *
 * @param idle target groups without traffic, whose metrics have no datapoints
 */
export function readMetric(
  owner: Resource,
  id: string,
  metric: Value | undefined,
  statistic: string | undefined,
  idle: readonly Resource[],
  notes: Notes,
): MeasuredQuery | undefined {
  const name = `${text(at(metric, 'Namespace'))} ${text(at(metric, 'MetricName'))}`;
  const measure = MEASURES[name];
  if (measure === undefined) {
    notes.skip(owner.address, `the metric '${name}' is not simulated`);
    return undefined;
  }
  const stat = statistic ?? 'Average';
  const isPercentile = /^p\d+(\.\d+)?$/.test(stat);
  if ((isPercentile && measure !== 'response-time') || (!isPercentile && !STATISTICS.includes(stat))) {
    notes.skip(owner.address, `the statistic '${stat}' of ${name} is not simulated`);
    return undefined;
  }
  const ofIdle = resourcesIn(at(metric, 'Dimensions'), 'AWS::ElasticLoadBalancingV2::TargetGroup').some((group) =>
    idle.includes(group),
  );
  return { id, measure: ofIdle ? 'silent' : measure, statistic: stat as Statistic, resolutionSeconds: 60 };
}
