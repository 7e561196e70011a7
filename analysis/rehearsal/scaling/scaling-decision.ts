import type { AlarmState } from '../alarms/alarm-definition';
import { Cooldown } from './cooldown';
import type { StepScalingPolicy, TargetTrackingPolicy } from './policy-definition';
import { adjustedCapacity, stepFor } from './step-adjustment';
import { type ScaleInModel, trackedCapacity, trackedScaleIn } from './target-tracking';

/** A step policy whose alarm is in ALARM. */
export interface StepSignal {
  readonly policy: StepScalingPolicy;
  readonly threshold: number;
  /** Real datapoints the alarm rests on, oldest first. */
  readonly datapoints: readonly number[];
  /** Whether its action is invoked now; otherwise it only takes part in the comparison. */
  readonly invoked: boolean;
}

/** A target-tracking policy with the states of its two managed alarms. */
export interface TrackingSignal {
  readonly policy: TargetTrackingPolicy;
  readonly high: AlarmState;
  readonly low: AlarmState;
  /** The metric value capacity is computed from. */
  readonly value: number | undefined;
  readonly invoked: boolean;
}

/** The target as Application Auto Scaling sees it. */
export interface TargetState {
  readonly nowSeconds: number;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly desired: number;
  /** Running tasks: what ECS capacity is computed from, not the desired count. */
  readonly running: number;
  /** Scale-in is switched off during an ECS deployment. */
  readonly deploying: boolean;
}

export interface ScalingDecision {
  readonly capacity: number;
  readonly policy: string;
}

interface Proposal extends ScalingDecision {
  readonly cooldown: Cooldown;
  readonly base: number;
  readonly invoked: boolean;
}

/** What is not documented about the decision. */
export interface DecisionModel {
  readonly scaleInModel: ScaleInModel;
  /** Whether a step is chosen by all evaluated datapoints or by the newest. */
  readonly stepMetricWindow: 'evaluation-periods' | 'latest';
  /** What a tracker's capacity is counted from during its cool-down. */
  readonly trackingCooldownBase: 'before-it' | 'running';
}

/** Decides what several policies together do to one target, and keeps their cool-downs. */
export class ScalingDecider {
  private readonly cooldowns = new Map<string, Cooldown>();

  public constructor(private readonly model: DecisionModel) {}

  /**
   * The new capacity, or undefined when nothing happens. Of several proposals the largest capacity wins in both
   * directions; trackers scale in only when all that may are ready.
   */
  public decide(
    target: TargetState,
    steps: readonly StepSignal[],
    trackers: readonly TrackingSignal[],
  ): ScalingDecision | undefined {
    const out = [...this.stepsOut(target, steps), ...this.trackersOut(target, trackers)];
    const wantsOut = out.filter(({ capacity }) => capacity > target.desired);
    const best = largest(wantsOut.filter((proposal) => this.mayGoOut(target, proposal)));
    if (best !== undefined) return this.goOut(target, best);
    if (target.deploying || wantsOut.length > 0) return undefined;
    const down = [...this.stepsIn(target, steps), ...this.trackersIn(target, trackers)];
    const wanted = largest(down.filter(({ cooldown }) => cooldown.allowsIn(target.nowSeconds)));
    if (wanted === undefined || wanted.capacity >= target.desired) return undefined;
    wanted.cooldown.scaledIn(target.nowSeconds);
    return { capacity: wanted.capacity, policy: wanted.policy };
  }

  private mayGoOut(target: TargetState, proposal: Proposal): boolean {
    return proposal.invoked && proposal.cooldown.allowsOut(target.nowSeconds, proposal.capacity);
  }

  private goOut(target: TargetState, proposal: Proposal): ScalingDecision {
    for (const cooldown of this.cooldowns.values()) cooldown.endScaleIn();
    proposal.cooldown.scaledOut(target.nowSeconds, proposal.base, proposal.capacity);
    return { capacity: proposal.capacity, policy: proposal.policy };
  }

  private stepsOut(target: TargetState, signals: readonly StepSignal[]): Proposal[] {
    return signals.flatMap((signal) => {
      const cooldown = this.cooldownOf(signal.policy.name, signal.policy.cooldownSeconds);
      const base = cooldown.outBase(target.nowSeconds, target.running);
      const exact = this.stepped(signal, base);
      return exact !== undefined && exact > base ? [proposal(target, signal, cooldown, base, exact)] : [];
    });
  }

  private stepsIn(target: TargetState, signals: readonly StepSignal[]): Proposal[] {
    return signals.flatMap((signal) => {
      const base = Math.min(target.running, target.desired);
      const exact = this.stepped(signal, base);
      const cooldown = this.cooldownOf(signal.policy.name, signal.policy.cooldownSeconds);
      const invokedIn = signal.invoked && exact !== undefined && exact < base;
      return invokedIn ? [proposal(target, signal, cooldown, base, exact)] : [];
    });
  }

  private stepped({ policy, threshold, datapoints }: StepSignal, base: number): number | undefined {
    const value = aggregate(
      policy.aggregation,
      this.model.stepMetricWindow === 'latest' ? datapoints.slice(-1) : datapoints,
    );
    const step = value === undefined ? undefined : stepFor(policy.steps, value - threshold);
    return step === undefined ? undefined : adjustedCapacity(policy, step.adjustment, base);
  }

  private trackersOut(target: TargetState, signals: readonly TrackingSignal[]): Proposal[] {
    return signals.flatMap((signal) => {
      if (signal.high !== 'ALARM' || signal.value === undefined) return [];
      const cooldown = this.trackingCooldown(signal.policy);
      const counted = this.model.trackingCooldownBase === 'before-it';
      const base = counted ? cooldown.outBase(target.nowSeconds, target.running) : target.running;
      const exact = trackedCapacity(base, signal.value, signal.policy.targetValue);
      return [proposal(target, signal, cooldown, base, exact)];
    });
  }

  private trackersIn(target: TargetState, signals: readonly TrackingSignal[]): Proposal[] {
    const able = signals.filter(({ policy }) => !policy.disableScaleIn);
    const ready = able.length > 0 && able.every(({ low, value }) => low === 'ALARM' && value !== undefined);
    if (!ready || !able.some(({ invoked }) => invoked)) return [];
    const base = Math.min(target.running, target.desired);
    return able.map((signal) => {
      const exact = trackedScaleIn(this.model.scaleInModel, base, signal.value ?? 0, signal.policy.targetValue);
      return proposal(target, signal, this.trackingCooldown(signal.policy), base, exact);
    });
  }

  private trackingCooldown(policy: TargetTrackingPolicy): Cooldown {
    return this.cooldownOf(policy.name, policy.scaleOutCooldownSeconds, policy.scaleInCooldownSeconds);
  }

  private cooldownOf(policy: string, outSeconds: number, inSeconds = outSeconds): Cooldown {
    const existing = this.cooldowns.get(policy);
    if (existing !== undefined) return existing;
    const cooldown = new Cooldown(outSeconds, inSeconds);
    this.cooldowns.set(policy, cooldown);
    return cooldown;
  }
}

function proposal(
  target: TargetState,
  signal: StepSignal | TrackingSignal,
  cooldown: Cooldown,
  base: number,
  exact: number,
): Proposal {
  const capacity = Math.min(target.maxCapacity, Math.max(target.minCapacity, exact));
  return { capacity, policy: signal.policy.name, cooldown, base, invoked: signal.invoked };
}

function largest(proposals: readonly Proposal[]): Proposal | undefined {
  return proposals.reduce<Proposal | undefined>(
    (best, one) => (best === undefined || one.capacity > best.capacity ? one : best),
    undefined,
  );
}

function aggregate(how: StepScalingPolicy['aggregation'], values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  if (how === 'Minimum') return Math.min(...values);
  if (how === 'Maximum') return Math.max(...values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
