import type { Distribution } from './histogram';
import type { Labels } from './metrics';

/** One metric of one series, ready to be written. */
export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number | Distribution;
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const MAX_METRICS_PER_LINE = 100;
const MAX_DIMENSIONS = 30;
const MAX_VALUES_PER_METRIC = 100;
/** CloudWatch refuses longer dimension values. */
const MAX_DIMENSION_LENGTH = 1024;

/** Name endings to CloudWatch's units; a name without one has no unit. */
const UNITS: readonly (readonly [ending: string, unit: string])[] = [
  ['_total', 'Count'],
  ['_seconds', 'Seconds'],
  ['_milliseconds', 'Milliseconds'],
  ['_bytes', 'Bytes'],
  ['_percent', 'Percent'],
];

function unitOf(name: string): string {
  return UNITS.find(([ending]) => name.endsWith(ending))?.[1] ?? 'None';
}

/**
 * Writes samples in CloudWatch's embedded metric format: one JSON document per set of labels, split where a document
 * would exceed a limit. CloudWatch Logs makes metrics of them, with each label as a dimension.
 */
export function embeddedMetricLines(namespace: string, timestamp: number, samples: readonly Sample[]): string[] {
  const bySeries = new Map<string, Sample[]>();
  for (const sample of samples.flatMap(splitDistribution)) {
    const key = JSON.stringify(Object.entries(sample.labels).sort());
    const group = bySeries.get(key);
    if (group === undefined) bySeries.set(key, [sample]);
    else group.push(sample);
  }
  return [...bySeries.values()].flatMap((group) =>
    documents(group).map((metrics) => line(namespace, timestamp, metrics)),
  );
}

/** Up to 100 metrics each, none twice: a distribution of many values takes several documents. */
function documents(samples: readonly Sample[]): Sample[][] {
  const split: Map<string, Sample>[] = [];
  for (const sample of samples) {
    const free = split.find((one) => one.size < MAX_METRICS_PER_LINE && !one.has(sample.name));
    if (free === undefined) split.push(new Map([[sample.name, sample]]));
    else free.set(sample.name, sample);
  }
  return split.map((one) => [...one.values()]);
}

function line(namespace: string, timestamp: number, samples: readonly Sample[]): string {
  const dimensions = Object.entries(samples[0]?.labels ?? {}).slice(0, MAX_DIMENSIONS);
  const metrics = samples.map(({ name }) => ({ Name: name, Unit: unitOf(name) }));
  const directive = { Namespace: namespace, Dimensions: [dimensions.map(([label]) => label)], Metrics: metrics };
  return JSON.stringify({
    _aws: { Timestamp: timestamp, CloudWatchMetrics: [directive] },
    // An empty dimension makes CloudWatch drop the whole document.
    ...Object.fromEntries(dimensions.map(([label, value]) => [label, value.slice(0, MAX_DIMENSION_LENGTH) || 'none'])),
    ...Object.fromEntries(samples.map(({ name, value }) => [name, target(value)])),
  });
}

/** The form in which AWS's own OpenTelemetry exporter writes distributions, so that percentiles survive. */
function target(value: number | Distribution): unknown {
  if (typeof value === 'number') return value;
  const { values, counts, max, min, count, sum } = value;
  return { Values: values, Counts: counts, Max: max, Min: min, Count: count, Sum: sum };
}

function splitDistribution(sample: Sample): Sample[] {
  const { value } = sample;
  if (typeof value === 'number' || value.values.length <= MAX_VALUES_PER_METRIC) return [sample];
  const parts: Sample[] = [];
  for (let at = 0; at < value.values.length; at += MAX_VALUES_PER_METRIC) {
    const values = value.values.slice(at, at + MAX_VALUES_PER_METRIC);
    const counts = value.counts.slice(at, at + MAX_VALUES_PER_METRIC);
    const sum = values.reduce((total, one, index) => total + one * (counts[index] ?? 0), 0);
    const count = counts.reduce((total, one) => total + one, 0);
    const last = at + MAX_VALUES_PER_METRIC >= value.values.length;
    const min = at === 0 ? value.min : (values[0] ?? value.min);
    const max = last ? value.max : (values.at(-1) ?? value.max);
    parts.push({ ...sample, value: { values, counts, count, sum, min, max } });
  }
  return parts;
}
