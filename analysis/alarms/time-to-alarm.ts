import type { AlarmState } from '../rehearsal/alarms/alarm-definition';
import { AlarmMonitor } from '../rehearsal/alarms/alarm-monitor';
import { compositeAlarmHolds } from '../rehearsal/alarms/composite-alarm';
import { DEFAULT_PARAMETERS } from '../rehearsal/simulation/parameters';
import { type Assembly, numberOf, type Resource, resourcesIn } from '../template';
import { ruleOf } from './composite-problems';
import { readWatchedAlarm, seriesKey, type WatchedAlarm, type WatchedMetric } from './watched-metric';

/** What a metric is over a window, with the trouble beginning at second 0; `undefined` when it has no data. */
export type Trouble = (metric: WatchedMetric, startSeconds: number, endSeconds: number) => number | undefined;

const MINUTE = 60;

/**
 * Seconds from the beginning of a trouble until a composite alarm acts, its waiting for a suppressor included;
 * `undefined` when it does not within `limitSeconds`. Metrics are taken to arrive at once, which in truth takes one to
 * two minutes.
 */
export function secondsUntilAction(composite: Resource, trouble: Trouble, limitSeconds: number): number | undefined {
  const rule = ruleOf(composite.property('AlarmRule'));
  const monitors = new Map(
    resourcesIn(composite.property('AlarmRule')).flatMap((alarm) => {
      const watched = readWatchedAlarm(alarm);
      // What the trouble says nothing about is well.
      const told =
        typeof watched !== 'string' && watched.metrics.some((metric) => trouble(metric, -MINUTE, 0) !== undefined);
      return told ? [[alarm.logicalId, monitorOf(watched, trouble)] as const] : [];
    }),
  );
  const state = (alarm: string): AlarmState => (monitors.get(alarm)?.state === 'ALARM' ? 'ALARM' : 'OK');
  for (let now = 0; now <= limitSeconds; now += MINUTE) {
    for (const monitor of monitors.values()) monitor.evaluate(now);
    if (compositeAlarmHolds(rule, state)) return now + waitOf(composite);
  }
  return undefined;
}

/** The alarm that its metadata calls `id`. */
export function alarmCalled(id: string, assembly: Assembly): Resource | undefined {
  return assembly
    .ofType('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm')
    .find(({ metadata }) => JSON.stringify(metadata['Headroom::Alarm'] ?? {}).includes(`"id":"${id}"`));
}

function monitorOf({ definition, metrics }: WatchedAlarm, trouble: Trouble): AlarmMonitor<string> {
  const asked = new Map(metrics.map((metric) => [seriesKey(metric), metric]));
  const read = ({
    measure,
    startSeconds,
    endSeconds,
  }: {
    measure: string;
    startSeconds: number;
    endSeconds: number;
  }) => {
    const metric = asked.get(measure);
    return metric && trouble(metric, startSeconds, endSeconds);
  };
  return new AlarmMonitor<string>(definition, { read }, DEFAULT_PARAMETERS);
}

function waitOf(composite: Resource): number {
  if (composite.property('ActionsSuppressor') === undefined) return 0;
  const wait = numberOf(composite.property('ActionsSuppressorWaitPeriod'));
  return typeof wait === 'number' ? wait : 0;
}
