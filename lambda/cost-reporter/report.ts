import { COMPONENTS, type PriceBook } from '../../analysis/cost/prices/price-book';
import { embeddedMetricLines, type Sample } from '../../runtime/telemetry/emf';
import { type GetCostAndUsage, readBill, truthOf } from './daily-truth';
import { modelOf } from './hourly-model';
import { type GetMetricData, readMetrics } from './metric-reader';
import type { MetricReference, ModelEvent, ReportEvent, TruthEvent } from './report-event';
import { componentOfUsageType } from './usage-types';

/** Namespace of everything that is published. */
const NAMESPACE = 'Headroom/Cost';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BASELINE_DAYS = 7;

export interface ReporterDependencies {
  readonly getMetricData: GetMetricData;
  readonly getCostAndUsage: GetCostAndUsage;
  readonly prices: PriceBook;
  /** Region of the environment, whose prices apply. */
  readonly region: string;
  readonly now: () => Date;
  /** Writes one line of the embedded metric format. */
  readonly write: (line: string) => void;
}

/** Publishes the model of the last full hour, or the bill of the day before yesterday. */
export async function report(event: ReportEvent, deps: ReporterDependencies): Promise<readonly Sample[]> {
  const { samples, at } = event.report === 'model' ? await hourly(event, deps) : await daily(event, deps);
  for (const line of embeddedMetricLines(NAMESPACE, at.getTime(), samples)) deps.write(line);
  return samples;
}

interface Published {
  readonly samples: readonly Sample[];
  readonly at: Date;
}

async function hourly({ environment, usage, requests }: ModelEvent, deps: ReporterDependencies): Promise<Published> {
  const end = new Date(Math.floor(deps.now().getTime() / HOUR_MS) * HOUR_MS);
  const start = new Date(end.getTime() - HOUR_MS);
  const measured = usage.flatMap(({ metric }, index) => (metric === undefined ? [] : [{ metric, index }]));
  const values = await readMetrics(
    [requests, ...measured.map(({ metric }) => metric)],
    { start, end },
    deps.getMetricData,
  );
  const byRow = new Map(measured.map(({ index }, at) => [index, values[at + 1]]));
  const week = { start: new Date(end.getTime() - BASELINE_DAYS * DAY_MS), end };
  const [baseline] = await readMetrics(
    [own('cost_per_request_usd', { environment }, 'Average')],
    week,
    deps.getMetricData,
  );
  const hour = {
    environment,
    region: deps.region,
    usage,
    values: usage.map((_, index) => byRow.get(index)),
    requests: values[0],
    baseline,
  };
  return { samples: modelOf(hour, deps.prices), at: start };
}

async function daily({ environment, tag }: TruthEvent, deps: ReporterDependencies): Promise<Published> {
  // Bills are complete about a day after the fact, so the day before yesterday is the newest that stays.
  const date = new Date(Math.floor(deps.now().getTime() / DAY_MS) * DAY_MS - 2 * DAY_MS);
  const billed = await readBill({ environment, tag, date }, componentOfUsageType(deps.prices), deps.getCostAndUsage);
  const metrics = COMPONENTS.map((component) => own('cost_usd', { environment, component }, 'Sum'));
  const values = await readMetrics(
    metrics,
    { start: date, end: new Date(date.getTime() + DAY_MS) },
    deps.getMetricData,
  );
  const modelled = new Map<string, number>(COMPONENTS.map((component, index) => [component, values[index] ?? 0]));
  return { samples: truthOf(environment, billed, modelled), at: date };
}

function own(name: string, dimensions: Readonly<Record<string, string>>, statistic: string): MetricReference {
  return { namespace: NAMESPACE, name, dimensions, statistic };
}
