import type { Point, ResourceUse } from '../../analysis/capacity';
import { type GetMetricData, type Metric, readSeries, type Series } from '../../analysis/cost/cloudwatch/read-series';
import type { AdvisorEvent, MeasuredRow } from './advisor-event';
import type { ReadQuota } from './quotas';

export interface Measured {
  readonly load: readonly Point[];
  readonly resources: readonly ResourceUse[];
  readonly sizes: readonly ResourceUse[];
}

const HOUR_MS = 3_600_000;
/** Half a year: enough to tell a compound growth from a linear one. CloudWatch keeps hours for 15 months. */
const HOURS = 180 * 24;
/** A quota may be used up to here before a person should ask for more: an answer takes days. */
const QUOTA_USABLE = 0.8;

/** Reads half a year of whole hours of everything, quotas and their use included. */
export async function measure(
  at: Date,
  event: AdvisorEvent,
  { getMetricData, readQuota, region }: { getMetricData: GetMetricData; readQuota: ReadQuota; region: string },
): Promise<Measured> {
  const end = Math.floor(at.getTime() / HOUR_MS) * HOUR_MS;
  const period = { start: new Date(end - HOURS * HOUR_MS), end: new Date(end) };
  const quotas = (await Promise.all(event.quotas.map((row) => readQuota(row)))).flatMap(
    (row): readonly MeasuredRow[] => (row === undefined ? [] : [{ ...row, usable: QUOTA_USABLE, factor: 1 }]),
  );
  const rows = [...event.resources, ...quotas, ...event.sizes];
  const metrics = [{ ...event.load, statistic: 'Sum' }, ...rows].map((row) => metricOf(row, region));
  const [load, ...series] = await readSeries(metrics, period, getMetricData);
  const uses = rows.map((row, index) => useOf(row, series[index]));
  const count = event.resources.length + quotas.length;
  return {
    load: pointsOf(load, (requests) => requests / 3_600),
    resources: uses.slice(0, count),
    sizes: uses.slice(count),
  };
}

function metricOf(row: Pick<MeasuredRow, 'metric' | 'dimensions' | 'statistic'>, region: string): Metric {
  const [namespace = '', name = ''] = row.metric.split(' ');
  return { namespace, name, dimensions: row.dimensions, statistic: row.statistic, region, period: 3_600 };
}

function useOf({ type, unit, ceiling, usable, field, factor }: MeasuredRow, series: Series | undefined): ResourceUse {
  return { type, unit, ceiling, usable, field, points: pointsOf(series, (value) => (factor * value) / ceiling) };
}

function pointsOf(series: Series | undefined, value: (raw: number) => number): readonly Point[] {
  return (series?.timesMs ?? [])
    .map((ms, index) => ({ ms, value: value(series?.values[index] ?? 0) }))
    .sort((a, b) => a.ms - b.ms);
}
