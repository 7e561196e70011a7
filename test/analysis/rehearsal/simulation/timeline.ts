import type { AlarmDefinition, Measure } from '../../../../analysis/rehearsal/alarms/alarm-definition';
import { Random } from '../../../../analysis/rehearsal/queueing/random';
import type { ScalableTargetDefinition, ScalingPolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { gauge, MetricStore } from '../../../../analysis/rehearsal/simulation/metric-store';
import { DEFAULT_PARAMETERS } from '../../../../analysis/rehearsal/simulation/parameters';
import {
  type ControlEvent,
  type Forecast,
  TargetController,
} from '../../../../analysis/rehearsal/simulation/target-controller';

/** A random source whose alarms all look at the start of their minute. */
class AtTheMinute extends Random {
  public override below(): number {
    return 0;
  }
}

export interface Timeline {
  readonly policies?: readonly ScalingPolicy[];
  /** @default 2 */
  readonly min?: number;
  /** @default 10 */
  readonly max?: number;
  readonly schedules?: ScalableTargetDefinition['schedules'];
  readonly start: number;
  readonly minutes: number;
  /**
   * Datapoint of a minute, given the running tasks; undefined publishes nothing.
   *
   * @default - no metrics
   */
  readonly metric?: (measure: Measure, minute: number, running: number) => number | undefined;
  /** @default ['cpu'] */
  readonly measures?: readonly Measure[];
  /** Seconds between a minute's end and its datapoint. @default 0 */
  readonly delaySeconds?: number;
  /** Resolution of the metrics in seconds. @default 60 */
  readonly resolution?: number;
  /** @default 30 */
  readonly launchSeconds?: number;
  readonly deploying?: (minute: number) => boolean;
  /** Date of second 0. @default - the start of 1970 */
  readonly startsAt?: string;
  readonly forecast?: Forecast;
}

/** Plays a timeline without queues: tasks run `launchSeconds` after they are wanted. Returns `minute what: from → to` rows. */
export function play(timeline: Timeline): string[] {
  const { start, minutes, measures = ['cpu'], resolution = 60, launchSeconds = 30, delaySeconds = 0 } = timeline;
  const store = new MetricStore({ delaySeconds: () => delaySeconds, historySeconds: 3600 });
  const definition = {
    name: 'service',
    minCapacity: timeline.min ?? 2,
    maxCapacity: timeline.max ?? 10,
    policies: timeline.policies ?? [],
    schedules: timeline.schedules ?? [],
  };
  const controller = new TargetController(
    definition,
    store,
    DEFAULT_PARAMETERS,
    new AtTheMinute(1),
    timeline.startsAt === undefined ? 0 : Date.parse(timeline.startsAt) / 1000,
    timeline.forecast ?? { model: 'perfect-hour', hourlyRps: [] },
  );
  const events: ControlEvent[] = [];
  const rows: string[] = [];
  let desired = start;
  const wantedAt: number[] = [];
  for (let second = 0; second <= minutes * 60; second++) {
    const running = Math.min(desired, wantedAt[second - 1 - launchSeconds] ?? start);
    if (second > 0 && second % resolution === 0) {
      for (const measure of measures) {
        const value = timeline.metric?.(measure, (second - resolution) / 60, running);
        if (value !== undefined) store.put(measure, resolution, second - resolution, gauge(value));
      }
    }
    const deploying = timeline.deploying?.(second / 60) ?? false;
    const before = desired;
    events.length = 0;
    desired = controller.second(second, { desired, running, deploying }, (event) => events.push(event));
    wantedAt.push(desired);
    const scaled = events.filter(({ kind }) => kind === 'scale-out' || kind === 'scale-in');
    rows.push(...scaled.map(({ text }) => `${minute(second)} ${text}`));
    if (scaled.length === 0 && desired !== before) rows.push(`${minute(second)} bounds: ${before} → ${desired}`);
  }
  return rows;
}

const minute = (second: number): number => Math.round((100 * second) / 60) / 100;

export function alarm(given: Partial<AlarmDefinition> & { readonly measure?: Measure } = {}): AlarmDefinition {
  const { measure = 'cpu', ...rest } = given;
  return {
    name: 'alarm',
    queries: [{ id: 'm', measure, statistic: 'Average', resolutionSeconds: 60 }],
    returns: 'm',
    periodSeconds: 60,
    comparison: 'GreaterThanThreshold',
    threshold: 70,
    evaluationPeriods: 5,
    datapointsToAlarm: 5,
    treatMissingData: 'missing',
    ...rest,
  };
}

type Step = Extract<ScalingPolicy, { type: 'step' }>;

/** A policy of one step in the direction of its adjustment. */
export function step(name: string, adjustment: number, on: AlarmDefinition, given: Partial<Step> = {}): ScalingPolicy {
  const bound = adjustment > 0 ? { lowerBound: 0 } : { upperBound: 0 };
  return {
    type: 'step',
    name,
    adjustmentType: 'ChangeInCapacity',
    steps: [{ ...bound, adjustment }],
    cooldownSeconds: 300,
    aggregation: 'Average',
    alarms: [on],
    ...given,
  };
}

type Tracker = Extract<ScalingPolicy, { type: 'target-tracking' }>;

export function track(
  targetValue: number,
  given: Partial<Tracker> & { readonly measure?: Measure } = {},
): ScalingPolicy {
  const { measure = 'cpu', ...rest } = given;
  const periodSeconds = rest.periodSeconds ?? 60;
  return {
    type: 'target-tracking',
    name: 'tracker',
    queries: [{ id: 'm', measure, statistic: 'Average', resolutionSeconds: periodSeconds }],
    returns: 'm',
    periodSeconds,
    targetValue,
    scaleOutCooldownSeconds: 300,
    scaleInCooldownSeconds: 300,
    disableScaleIn: false,
    ...rest,
  };
}

export const CPU_OUT = step('cpu', 1, alarm());
export const QUIET = step(
  'quiet',
  -1,
  alarm({
    name: 'quiet',
    comparison: 'LessThanThreshold',
    threshold: 30,
    evaluationPeriods: 10,
    datapointsToAlarm: 10,
  }),
);
