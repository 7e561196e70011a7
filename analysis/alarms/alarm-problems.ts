import { type Assembly, type Resource, resourcesIn, textOf } from '../template';
import { findSeries } from './find-series';
import { DIMENSION_SOURCES, type KnownMetric, METRIC_CATALOGUE } from './metric-catalogue';
import { readWatchedAlarm, type WatchedAlarm, type WatchedMetric } from './watched-metric';

/** An alarm looks at this many metrics at most: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MOST_METRICS = 10;
const DAY = 86_400;
const WEEK = 7 * DAY;
const STATISTICS: readonly string[] = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'];

/** Why an alarm can never go off as it is meant to: each a sentence with the way out. */
export function firingProblems(alarm: Resource): string[] {
  const watched = readWatchedAlarm(alarm);
  if (typeof watched === 'string') return [`${watched}: use what can be played, so that somebody knows that it fires`];
  return findSeries(watched) === undefined
    ? [
        `no series within the range of its metrics takes it from OK to ALARM and back: its threshold of ${watched.definition.threshold} is out of reach`,
      ]
    : [];
}

/** What an alarm asks for and CloudWatch does not have: each a sentence with the way out. */
export function metricProblems(alarm: Resource, assembly: Assembly): string[] {
  const watched = readWatchedAlarm(alarm);
  if (typeof watched === 'string') return [];
  return [
    ...rangeProblems(watched),
    ...missingDataProblems(alarm),
    ...watched.metrics.flatMap((metric) => askedProblems(metric, alarm, assembly)),
  ];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
function rangeProblems({ metrics, definition: { evaluationPeriods, periodSeconds } }: WatchedAlarm): string[] {
  const seconds = evaluationPeriods * periodSeconds;
  const most = periodSeconds < 3600 ? DAY : WEEK;
  return [
    ...(seconds <= most ? [] : [`it looks back ${seconds} s, and CloudWatch ${most} s: fewer or shorter periods`]),
    ...(metrics.length <= MOST_METRICS
      ? []
      : [`it has ${metrics.length} metrics of at most ${MOST_METRICS}: split it`]),
    ...(new Set(metrics.map((metric) => metric.periodSeconds)).size <= 1
      ? []
      : ['its metrics have different periods: give them one']),
  ];
}

function missingDataProblems(alarm: Resource): string[] {
  return alarm.property('TreatMissingData') === undefined
    ? ["it does not say what missing data is; CloudWatch's own default keeps it silent: set TreatMissingData"]
    : [];
}

function askedProblems(metric: WatchedMetric, alarm: Resource, assembly: Assembly): string[] {
  const namespace = METRIC_CATALOGUE[metric.namespace];
  // The platform's own metrics have namespaces of their own.
  if (namespace === undefined && !metric.namespace.startsWith('AWS/')) return periodProblems(metric, 60);
  const known = namespace?.[metric.name];
  const title = `${metric.namespace} ${metric.name}`;
  if (known === undefined) {
    return [`${title} is not in analysis/alarms/metric-catalogue.ts: add it with its source, or ask for another`];
  }
  return [
    ...periodProblems(metric, known.resolution ?? 60),
    ...statisticProblems(metric, known),
    ...regionProblems(metric, known, alarm),
    ...dimensionProblems(metric, known, assembly),
  ].map((problem) => `${title}: ${problem}`);
}

function periodProblems({ periodSeconds }: WatchedMetric, resolution: number): string[] {
  const legal = periodSeconds % 60 === 0 || [10, 20, 30].includes(periodSeconds);
  if (!legal) return [`a period of ${periodSeconds} s is none: 10, 20, 30 or a multiple of 60`];
  return periodSeconds >= resolution
    ? []
    : [`a period of ${periodSeconds} s is shorter than its datapoints are apart, ${resolution} s`];
}

function statisticProblems({ statistic }: WatchedMetric, { percentiles }: KnownMetric): string[] {
  if (STATISTICS.includes(statistic)) return [];
  if (!/^p\d+(\.\d+)?$|^PR\([\d.]*:[\d.]*\)$/.test(statistic)) return [`'${statistic}' is no statistic`];
  return percentiles === true ? [] : [`it has no percentiles, and '${statistic}' needs them`];
}

function regionProblems(metric: WatchedMetric, { region }: KnownMetric, alarm: Resource): string[] {
  const global = region ?? (isGlobalWebAcl(metric) ? 'us-east-1' : undefined);
  const at = alarm.stack.region;
  return global === undefined || at === undefined || at === global
    ? []
    : [`it is published in ${global}, and an alarm in ${at} does not see it: move the alarm`];
}

/** A web ACL for distributions reports without a region, in us-east-1. */
function isGlobalWebAcl({ namespace, dimensions }: WatchedMetric): boolean {
  return namespace === 'AWS/WAFV2' && dimensions['Region'] === undefined;
}

function dimensionProblems(metric: WatchedMetric, known: KnownMetric, assembly: Assembly): string[] {
  const names = Object.keys(metric.dimensions);
  const legal = known.dimensions.some(
    (set) => set.length === names.length && set.every((name) => names.includes(name)),
  );
  if (!legal) {
    const sets = known.dimensions.map((set) => `(${set.join(', ')})`).join(' ');
    return [`it has no data under (${names.join(', ')}), only under ${sets}`];
  }
  return names.flatMap((name) => valueProblems(metric, name, assembly));
}

function valueProblems({ namespace, dimensions }: WatchedMetric, name: string, assembly: Assembly): string[] {
  const value = dimensions[name];
  const text = textOf(value);
  if (namespace === 'AWS/WAFV2') return webAclProblems(name, text, assembly);
  const source = DIMENSION_SOURCES[`${namespace} ${name}`] ?? DIMENSION_SOURCES[name];
  if (source === undefined) return [`nobody knows what the dimension ${name} names: add it to DIMENSION_SOURCES`];
  if ('words' in source) {
    return typeof text === 'string' && source.words.test(text)
      ? []
      : [`${name} must be like ${source.words}, got '${String(text)}'`];
  }
  if ('nameOf' in source) {
    const names = assembly.ofType(source.nameOf).map((resource) => textOf(resource.property('Name')));
    return typeof text === 'string' && names.includes(text)
      ? []
      : [`${name} must be the Name of one of the platform's ${source.nameOf}, got '${String(text)}'`];
  }
  const found = resourcesIn(value).filter(({ type }) => source.types.includes(type));
  return found.some((resource) => assembly.resources.includes(resource))
    ? []
    : [`${name} must name one of the platform's ${source.types.join(', ')}`];
}

/** The metrics of a web ACL and of its rules are named in the web ACL. */
function webAclProblems(name: string, text: unknown, assembly: Assembly): string[] {
  if (name === 'Region' || (name === 'Rule' && text === 'ALL')) return [];
  const named = JSON.stringify(assembly.ofType('AWS::WAFv2::WebACL').map(({ definition }) => definition));
  return named.includes(`"MetricName":${JSON.stringify(text)}`)
    ? []
    : [`${name} must be a MetricName of a web ACL, got '${String(text)}'`];
}
