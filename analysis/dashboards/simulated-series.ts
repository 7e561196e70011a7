import type { Datapoints } from '../rehearsal/alarms/alarm-state';
import { evaluateMetricMath } from '../rehearsal/alarms/metric-math';
import { parseMetricMath } from '../rehearsal/alarms/metric-math-parser';
import type { Outcome, OutcomeRow } from '../rehearsal/simulation/outcome';
import type { DashboardSeries } from './read-dashboard';

/** What a panel needs of a rehearsal. */
export type Played = Pick<Outcome, 'rows' | 'events'>;

/** What one stretch of a rehearsal says about a metric. */
type Reading = (row: OutcomeRow, outcome: Played) => number | undefined;

const seconds = (milliseconds: number | undefined) => (milliseconds === undefined ? undefined : milliseconds / 1000);
const perMinute = (count: number, row: OutcomeRow) => (count / row.seconds) * 60;

const LATENCY: Readonly<Record<string, Reading>> = {
  p50: ({ p50Ms }) => seconds(p50Ms),
  p95: ({ p95Ms }) => seconds(p95Ms),
  p99: ({ p99Ms }) => seconds(p99Ms),
};
/** The metrics that a rehearsal knows, by namespace (where names repeat) and name. */
const READINGS: Readonly<Record<string, Reading>> = {
  RequestCount: (row) => perMinute(row.requests, row),
  RequestCountPerTarget: (row) => (row.running === 0 ? undefined : perMinute(row.requests, row) / row.running),
  // A rehearsal does not tell who refused: all that failed count as the tasks', nothing as the balancer's.
  HTTPCode_Target_5XX_Count: (row) => perMinute(row.failed, row),
  HTTPCode_ELB_5XX_Count: () => undefined,
  'AWS/ECS CPUUtilization': ({ cpuPercent }) => cpuPercent,
  instances_running_total: ({ running }) => running,
  'auto_scaling_events_total scale_up': (row, outcome) => eventsIn(row, outcome, 'scale-out'),
  'auto_scaling_events_total scale_down': (row, outcome) => eventsIn(row, outcome, 'scale-in'),
};
/** A longer period, such as the day of an error budget, does not fit into a rehearsal of an hour. */
const LONGEST_PERIOD_SECONDS = 300;

/**
 * The values of one series of a panel in a rehearsal, stretch by stretch; undefined when the rehearsal does not have what
 * it shows.
 *
 * @param panel every series of the panel, which an expression may refer to
 */
export function simulatedSeries(
  series: DashboardSeries,
  panel: readonly DashboardSeries[],
  outcome: Played,
): Datapoints | undefined {
  const { source, periodSeconds } = series;
  if (periodSeconds > LONGEST_PERIOD_SECONDS) return undefined;
  if (source.kind === 'metric') {
    const reading = readingOf(source);
    return reading === undefined ? undefined : outcome.rows.map((row) => reading(row, outcome));
  }
  const used = panel.filter(({ id }) => id !== series.id && new RegExp(`\\b${id}\\b`).test(source.expression));
  const values = new Map<string, Datapoints>();
  for (const other of used) {
    const found = simulatedSeries(other, panel, outcome);
    if (found === undefined) return undefined;
    values.set(other.id, found);
  }
  const scope = { series: values, metrics: [...values.keys()], periodSeconds, length: outcome.rows.length };
  return evaluateMetricMath(parseMetricMath(source.expression), scope);
}

function readingOf({
  namespace,
  name,
  statistic,
  dimensions,
}: Extract<DashboardSeries['source'], { kind: 'metric' }>): Reading | undefined {
  if (name === 'TargetResponseTime') return LATENCY[statistic];
  return READINGS[name] ?? READINGS[`${namespace} ${name}`] ?? READINGS[`${name} ${dimensions['action']}`];
}

function eventsIn({ atSeconds, seconds: length }: OutcomeRow, { events }: Played, kind: string): number | undefined {
  const count = events.filter(
    (event) => event.kind === kind && event.atSeconds >= atSeconds && event.atSeconds < atSeconds + length,
  ).length;
  return count === 0 ? undefined : count;
}
