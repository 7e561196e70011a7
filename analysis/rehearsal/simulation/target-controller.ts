import type { AlarmDefinition, AlarmState } from '../alarms/alarm-definition';
import { AlarmMonitor, type MetricReader } from '../alarms/alarm-monitor';
import type { Random } from '../queueing/random';
import { forecastCapacity } from '../scaling/forecast';
import type {
  ForecastModel,
  PredictivePolicy,
  ScalableTargetDefinition,
  StepScalingPolicy,
  TargetTrackingPolicy,
} from '../scaling/policy-definition';
import { ScalingDecider, type StepSignal, type TrackingSignal } from '../scaling/scaling-decision';
import { Schedule } from '../scaling/schedule-expression';
import { type FastTrackerModel, managedAlarms } from '../scaling/target-tracking';
import { DEFAULT_PARAMETERS, type Parameters } from './parameters';

/** Something that happened to a target or an alarm. */
export interface ControlEvent {
  readonly atSeconds: number;
  readonly kind: 'alarm' | 'scale-out' | 'scale-in' | 'schedule' | 'deployment' | 'fault' | 'replacement';
  readonly text: string;
  /** Capacity after it, for scaling. */
  readonly capacity?: number;
  /** The alarm and its new state. */
  readonly alarm?: { readonly name: string; readonly state: AlarmState };
}

/** What the controller has to know of its target now. */
export interface Running {
  readonly desired: number;
  readonly running: number;
  readonly deploying: boolean;
}

/** The forecast a predictive policy is played with. */
export interface Forecast {
  readonly model: ForecastModel;
  /** Mean requests per second of each hour of the traffic. */
  readonly hourlyRps: readonly number[];
}

interface Watch {
  readonly monitor: AlarmMonitor;
  readonly phaseSeconds: number;
  datapoints: readonly number[];
  invoked: boolean;
}

interface WatchedStep {
  readonly policy: StepScalingPolicy;
  readonly watches: readonly Watch[];
}

interface WatchedTracker {
  readonly policy: TargetTrackingPolicy;
  readonly high: Watch;
  /** A tracker that does not scale in needs none. */
  readonly low: Watch | undefined;
}

/** The alarms, policies and schedules of one scalable target, played second by second. */
export class TargetController {
  private min: number;
  private max: number;
  private readonly decider: ScalingDecider;
  private readonly steps: readonly WatchedStep[];
  private readonly trackers: readonly WatchedTracker[];
  private readonly predictive: readonly PredictivePolicy[];
  private readonly watches: Watch[] = [];
  private readonly schedules: readonly { readonly schedule: Schedule; readonly row: number }[];

  /**
   * @param startEpochSeconds the date of second 0, for schedules
   */
  public constructor(
    private readonly definition: ScalableTargetDefinition,
    reader: MetricReader,
    private readonly parameters: Parameters,
    random: Random,
    private readonly startEpochSeconds: number,
    private readonly forecast: Forecast,
  ) {
    this.min = definition.minCapacity;
    this.max = definition.maxCapacity;
    this.decider = new ScalingDecider(parameters);
    const watch = (alarm: AlarmDefinition): Watch => {
      const monitor = new AlarmMonitor(alarm, reader, parameters);
      const one = { monitor, phaseSeconds: random.below(monitor.intervalSeconds), datapoints: [], invoked: false };
      this.watches.push(one);
      return one;
    };
    const { policies } = definition;
    this.steps = policies.flatMap((policy) =>
      policy.type === 'step' ? [{ policy, watches: policy.alarms.map(watch) }] : [],
    );
    this.trackers = policies.flatMap((policy) => {
      if (policy.type !== 'target-tracking') return [];
      const { high, low } = managedAlarms(policy, parameters);
      return [{ policy, high: watch(high), low: policy.disableScaleIn ? undefined : watch(low) }];
    });
    this.predictive = policies.filter((policy) => policy.type === 'predictive');
    this.schedules = definition.schedules.map((action, row) => ({
      schedule: new Schedule(action.schedule, action.timeZone),
      row,
    }));
  }

  public get bounds(): { readonly min: number; readonly max: number } {
    return { min: this.min, max: this.max };
  }

  /** States by alarm name. */
  public get alarmStates(): ReadonlyMap<string, AlarmState> {
    return new Map(this.watches.map(({ monitor }) => [monitor.definition.name, monitor.state]));
  }

  /**
   * One second of control.
   *
   * @returns the capacity that is wanted from now on
   */
  public second(nowSeconds: number, target: Running, record: (event: ControlEvent) => void): number {
    let desired = this.runSchedules(nowSeconds, target.desired, record);
    let fired = false;
    for (const watch of this.watches) fired = this.look(watch, nowSeconds, record) || fired;
    if (!fired) return desired;
    const decision = this.decider.decide(
      { nowSeconds, minCapacity: this.min, maxCapacity: this.max, ...target, desired },
      this.stepSignals(),
      this.trackingSignals(),
    );
    if (decision !== undefined) {
      const kind = decision.capacity > desired ? 'scale-out' : 'scale-in';
      record({
        atSeconds: nowSeconds,
        kind,
        text: `${decision.policy}: ${desired} → ${decision.capacity}`,
        capacity: decision.capacity,
      });
      desired = decision.capacity;
    }
    return desired;
  }

  /** Evaluates an alarm when its second has come. Returns whether its scaling action is invoked. */
  private look(watch: Watch, nowSeconds: number, record: (event: ControlEvent) => void): boolean {
    const { monitor } = watch;
    watch.invoked = false;
    if ((nowSeconds - watch.phaseSeconds) % monitor.intervalSeconds !== 0) return false;
    const { state, previous, datapoints } = monitor.evaluate(nowSeconds);
    watch.datapoints = datapoints;
    if (state !== previous && (state === 'ALARM' || previous === 'ALARM')) {
      const { name } = monitor.definition;
      record({ atSeconds: nowSeconds, kind: 'alarm', text: `${name} ${previous} → ${state}`, alarm: { name, state } });
    }
    // Auto Scaling actions repeat once a minute while the alarm stays in ALARM.
    watch.invoked = state === 'ALARM' && (previous !== 'ALARM' || (nowSeconds - watch.phaseSeconds) % 60 === 0);
    return watch.invoked;
  }

  private runSchedules(nowSeconds: number, desired: number, record: (event: ControlEvent) => void): number {
    if (nowSeconds % 60 === 0) {
      for (const { schedule, row } of this.schedules) {
        if (schedule.isDue(this.startEpochSeconds + nowSeconds)) this.apply(row, nowSeconds, record);
      }
    }
    let forecast = 0;
    for (const policy of this.predictive) {
      const wanted = forecastCapacity(policy, this.forecast.model, this.forecast.hourlyRps, nowSeconds);
      forecast = Math.max(
        forecast,
        policy.maxCapacityBreach === 'HonorMaxCapacity' ? Math.min(wanted, this.max) : wanted,
      );
    }
    const floor = Math.max(this.min, forecast);
    return Math.max(floor, Math.min(desired, Math.max(this.max, floor)));
  }

  private apply(row: number, nowSeconds: number, record: (event: ControlEvent) => void): void {
    const action = this.definition.schedules[row];
    if (action === undefined) return;
    this.min = action.minCapacity ?? this.min;
    this.max = action.maxCapacity ?? this.max;
    record({ atSeconds: nowSeconds, kind: 'schedule', text: `${action.name}: ${this.min}–${this.max}` });
  }

  private stepSignals(): StepSignal[] {
    return this.steps.flatMap(({ policy, watches }) =>
      watches
        .filter(({ monitor }) => monitor.state === 'ALARM')
        .map(({ monitor, datapoints, invoked }) => ({
          policy,
          threshold: monitor.definition.threshold,
          datapoints,
          invoked,
        })),
    );
  }

  private trackingSignals(): TrackingSignal[] {
    return this.trackers.map(({ policy, high, low }) => {
      const points = high.monitor.state === 'ALARM' ? high.datapoints : (low?.datapoints ?? []);
      return {
        policy,
        high: high.monitor.state,
        low: low?.monitor.state ?? 'OK',
        value: this.parameters.trackingMetricWindow === 'latest' ? points.at(-1) : mean(points),
        invoked: high.invoked || low?.invoked === true,
      };
    });
  }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How far back the alarms of a target look, in seconds. */
export function historySeconds(
  definition: ScalableTargetDefinition,
  rangeExtra: number,
  model: FastTrackerModel = DEFAULT_PARAMETERS,
): number {
  const alarms = definition.policies.flatMap((policy) => {
    if (policy.type === 'step') return policy.alarms;
    return policy.type === 'target-tracking' ? Object.values(managedAlarms(policy, model)) : [];
  });
  return Math.max(
    600,
    ...alarms.map((alarm) => (alarm.evaluationPeriods + rangeExtra + 1) * alarm.periodSeconds + 300),
  );
}
