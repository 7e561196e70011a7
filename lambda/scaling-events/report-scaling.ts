import type { Metrics } from '../../runtime/telemetry/metrics';

/** One change of the number of tasks, as Application Auto Scaling remembers it for six weeks. */
export interface ScalingActivity {
  readonly startedAt: Date;
  /** Whether nothing came of it. One that is still under way counts: its tasks are starting. */
  readonly failed: boolean;
  /** Such as `Setting desired count to 4.` */
  readonly description: string;
  /** Which alarm invoked which policy, or which schedule did. */
  readonly cause: string;
}

/** What the report needs to know and where it goes. */
export interface ScalingReportDeps {
  /** The newest activities of the service, newest first. */
  readonly activities: () => Promise<readonly ScalingActivity[]>;
  /** Tasks of the service that run now. */
  readonly runningTasks: () => Promise<number>;
  readonly metrics: Metrics;
  /** Writes one line of the history. */
  readonly record: (entry: HistoryEntry) => void;
  readonly service: string;
}

/** One line of the scaling history. */
export interface HistoryEntry {
  readonly action: 'scale_up' | 'scale_down' | 'at_maximum';
  readonly service: string;
  /** Tasks before; unknown for the first change of all. */
  readonly from: number | undefined;
  /** Tasks after. */
  readonly to: number;
  readonly cause: string;
  /** ISO 8601. */
  readonly at: string;
}

const MINUTE = 60_000;

/**
 * Reports the minute before the last one, by the time of the event and not by the clock: each activity falls into
 * exactly one report, however late the function runs, and an activity has had a minute to show up in the API.
 */
export async function reportMinute(time: Date, deps: ScalingReportDeps): Promise<void> {
  const end = Math.floor(time.getTime() / MINUTE) * MINUTE - MINUTE;
  const [activities, running] = await Promise.all([deps.activities(), deps.runningTasks()]);
  for (const entry of entriesOf(activities, deps.service)) {
    const at = Date.parse(entry.at);
    if (at < end - MINUTE || at >= end) continue;
    deps.record(entry);
    deps.metrics.count('auto_scaling_events_total', { action: entry.action });
  }
  deps.metrics.gauge('instances_running_total', { service: deps.service }, running);
}

/** The only event that Application Auto Scaling sends by itself: the service cannot grow any more. */
export interface ScaledToMaximum {
  readonly oldDesiredCapacity: number;
  readonly newDesiredCapacity: number;
  readonly maxCapacity: number;
  readonly endTime: string;
}

/** Reports that the service has as many tasks as it may have. */
export function reportMaximum(
  event: ScaledToMaximum,
  { metrics, record, service }: Pick<ScalingReportDeps, 'metrics' | 'record' | 'service'>,
): void {
  record({
    action: 'at_maximum',
    service,
    from: event.oldDesiredCapacity,
    to: event.newDesiredCapacity,
    cause: `reached the maximum of ${event.maxCapacity}`,
    at: event.endTime,
  });
  metrics.count('auto_scaling_events_total', { action: 'at_maximum' });
}

function entriesOf(activities: readonly ScalingActivity[], service: string): HistoryEntry[] {
  const changes = activities.filter(({ failed }) => !failed).flatMap(toChange);
  return changes.map(({ to, cause, startedAt }, index) => {
    const from = changes[index + 1]?.to;
    // Before its first change a service has a single task, and the change brings it to its minimum.
    return {
      action: to >= (from ?? 1) ? 'scale_up' : 'scale_down',
      service,
      from,
      to,
      cause,
      at: startedAt.toISOString(),
    };
  });
}

function toChange({ description, cause, startedAt }: ScalingActivity) {
  const count = /desired count to (\d+)/.exec(description)?.[1];
  return count === undefined ? [] : [{ to: Number(count), cause, startedAt }];
}
