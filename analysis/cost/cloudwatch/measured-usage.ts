import type { Assembly, Resource } from '../../template';
import { CostInputError } from '../cost-input-error';
import { HOURS_PER_MONTH } from '../estimate';
import { API_REQUESTS, EDGE_REQUESTS, INPUT_ROWS, type InputRow, type MetricRow, PASSED_REQUESTS } from './metric-rows';
import { type ListStackResources, physicalIdsOf } from './physical-ids';
import { type GetMetricData, type Metric, readSeries, type Series } from './read-series';

export interface Account {
  readonly listStackResources: ListStackResources;
  readonly getMetricData: GetMetricData;
}

/** What was measured, in the form of a usage file, and what was not. */
export interface Measured {
  readonly usage: {
    readonly traffic: Readonly<Record<string, number>>;
    readonly resources: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  /** Hours from the first value of any metric to the end; a month is made of these. */
  readonly hours: number;
  /** `Stack/LogicalId.input`: without data, so they stay assumed. */
  readonly unmeasured: readonly string[];
  /** Stacks that are not deployed. */
  readonly absent: readonly string[];
}

const HOUR_MS = 3_600_000;

/**
 * Reads what `assembly` used in the `days` before `end` from the account that it is deployed in, as a month. A resource
 * without data has no figure: no data is not zero.
 *
 * @throws CostInputError when no stack is deployed, or nothing has data
 */
export async function measureUsage(
  assembly: Assembly,
  { days, end }: { readonly days: number; readonly end: Date },
  account: Account,
): Promise<Measured> {
  const { ids, absent } = await physicalIdsOf(assembly, account.listStackResources);
  if (absent.length === assembly.stacks.length) {
    throw new CostInputError(`none of ${absent.join(', ')} is deployed in this account: check the credentials`);
  }
  // Only whole hours: the last one is still being counted.
  const until = new Date(Math.floor(end.getTime() / HOUR_MS) * HOUR_MS);
  const period = { start: new Date(until.getTime() - days * 24 * HOUR_MS), end: until };
  const wanted = assembly.resources.flatMap((resource) => wantedOf(resource, ids.get(resource.address)));
  const metrics = wanted.flatMap((input) => input.metrics);
  const series = new Map(
    (await readSeries(metrics, period, account.getMetricData)).map((found, index) => [metrics[index], found]),
  );
  // A value of a day begins before the first hour of what was deployed in it.
  const hourly = metrics.filter((metric) => metric.period * 1000 === HOUR_MS);
  const first = Math.min(...hourly.map((metric) => series.get(metric)?.firstMs ?? Number.POSITIVE_INFINITY));
  if (!Number.isFinite(first)) throw new CostInputError(`CloudWatch has no data of the last ${days} days`);
  const hours = Math.max(1, (until.getTime() - Math.max(first, period.start.getTime())) / HOUR_MS);
  const figures = wanted.map((input) => ({ ...input, value: figureOf(input, series, hours) }));
  return { usage: usageFileOf(figures), hours, unmeasured: unmeasuredOf(figures), absent };
}

interface Wanted {
  readonly resource: Resource;
  readonly row: InputRow;
  /** Those that are added up, and the one that divides them, if any. */
  readonly metrics: readonly Metric[];
}

interface Figure extends Wanted {
  readonly value: number | undefined;
}

function wantedOf(resource: Resource, physicalId: string | undefined): readonly Wanted[] {
  const rows = [...INPUT_ROWS, PASSED_REQUESTS].filter(({ type }) => type === resource.type);
  const asked = (metric: MetricRow): Metric[] => {
    const dimensions = physicalId === undefined ? undefined : metric.dimensions(physicalId);
    const region = metric.region ?? resource.stack.region;
    return dimensions === undefined || region === undefined
      ? []
      : [{ ...metric, dimensions, region, period: metric.period ?? 3600 }];
  };
  return rows.map((row) => ({
    resource,
    row,
    metrics: [...row.metrics, ...(row.per ? [row.per] : [])].flatMap(asked),
  }));
}

function figureOf(
  { row, metrics }: Wanted,
  series: ReadonlyMap<Metric | undefined, Series>,
  hours: number,
): number | undefined {
  const found = metrics.map((metric) => series.get(metric)?.values ?? []);
  // Of a sum all parts must have data: the part without any is not zero either.
  if (found.length === 0 || found.some((values) => values.length === 0)) return undefined;
  const values = found.slice(0, row.metrics.length).flat();
  const sum = values.reduce((total, value) => total + value, 0) * row.factor;
  if (row.per !== undefined) {
    const count = (found.at(-1) ?? []).reduce((total, value) => total + value, 0);
    return count > 0 ? sum / count : undefined;
  }
  if (row.reduction === 'mean') return sum / values.length;
  return (sum / hours) * (row.reduction === 'monthly sum' ? HOURS_PER_MONTH : 1);
}

function usageFileOf(figures: readonly Figure[]): Measured['usage'] {
  const resources: Record<string, Record<string, number>> = {};
  for (const { resource, row, value } of figures) {
    if (value === undefined || row === PASSED_REQUESTS) continue;
    resources[resource.address] = { ...resources[resource.address], [row.input]: value };
  }
  return { traffic: trafficFrom(figures), resources };
}

/** Requests at the edge and the share of them that was passed on; without an edge, all of them are passed on. */
function trafficFrom(figures: readonly Figure[]): Readonly<Record<string, number>> {
  const total = (...rows: readonly InputRow[]): number | undefined => {
    const values = figures.flatMap(({ row, value }) => (rows.includes(row) ? [value] : []));
    if (values.length === 0) return undefined;
    return values.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value), 0);
  };
  const hasEdge = figures.some(({ row }) => row === EDGE_REQUESTS);
  const [edge, passed] = [total(EDGE_REQUESTS), total(PASSED_REQUESTS, API_REQUESTS)];
  if (!hasEdge) return passed === undefined ? {} : { requests: passed, originShare: 1 };
  if (edge === undefined) return {};
  return edge > 0 && passed !== undefined ? { requests: edge, originShare: passed / edge } : { requests: edge };
}

function unmeasuredOf(figures: readonly Figure[]): readonly string[] {
  return figures.flatMap(({ resource, row, value }) =>
    value === undefined && row !== PASSED_REQUESTS ? [`${resource.address}.${row.input}`] : [],
  );
}
