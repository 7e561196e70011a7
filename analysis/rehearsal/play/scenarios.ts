import type { RehearsalObjectives } from '../objectives';
import type { Fault } from '../simulation/simulation-input';
import type { TrafficSpec } from './traffic-spec';

/** One situation that a platform has to get through, built from its objectives. */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly traffic: TrafficSpec;
  readonly faults: readonly Fault[];
  /** Variance of the load of one second around its mean. */
  readonly burstiness: number;
}

const MINUTE = 60;
const HOUR = 3600;
/** Thinking time between two requests of a user. */
const THINK_SECONDS = 5;

/** Every scenario; the loads come from the objectives. */
export function scenarios(objectives: RehearsalObjectives): readonly Scenario[] {
  const mean = objectives.requestsPerHour / HOUR;
  const peak = mean * objectives.peakToMean;
  return [
    ...[0, 1, 5, 10].map((minutes) => spike(objectives, mean, 'the mean load', minutes)),
    spike(objectives, peak, "the day's highest minute", 0, '-at-peak'),
    scenario('ten-times', `${objectives.growthFactor} times today's mean load for two hours`, {
      kind: 'steady',
      rps: mean * objectives.growthFactor,
      durationSeconds: 2 * HOUR,
    }),
    scenario('ten-times-at-peak', `${objectives.growthFactor} times the day's highest minute for an hour`, {
      kind: 'steady',
      rps: peak * objectives.growthFactor,
      durationSeconds: HOUR,
    }),
    users('users-1000', objectives.concurrentUsers),
    users('users-2000', objectives.stressUsers),
    {
      ...scenario('volume-100k', `${objectives.requestsPerHour} requests in an hour, in bursts`, {
        kind: 'steady',
        rps: mean,
        durationSeconds: HOUR,
      }),
      burstiness: 0.5,
    },
    scenario('endurance-24h', "a day's wave at today's load", {
      kind: 'daily',
      meanRps: mean,
      peakToMean: objectives.peakToMean,
      durationSeconds: 24 * HOUR,
    }),
    atPeak('deploy-at-peak', "a deployment in the day's highest minute", peak, [
      { kind: 'deployment', atSeconds: 20 * MINUTE },
    ]),
    atPeak('zone-lost', "a zone is lost in the day's highest minute, for 20 minutes", peak, [
      { kind: 'zone-lost', atSeconds: 20 * MINUTE, untilSeconds: 40 * MINUTE },
    ]),
    atPeak('cache-flush', 'the cache is emptied in the highest minute', peak, [
      { kind: 'cache-flush', atSeconds: 20 * MINUTE },
    ]),
    {
      ...scenario('metric-gap', 'no metrics for ten minutes while the load grows to its peak', {
        kind: 'growth',
        fromRps: mean,
        toRps: peak,
        durationSeconds: HOUR,
      }),
      faults: [{ kind: 'metric-gap', atSeconds: 20 * MINUTE, untilSeconds: 30 * MINUTE }],
    },
    scenario('growth', `a year's growth to ${objectives.growthFactor} times in one day`, {
      kind: 'growth',
      fromRps: mean,
      toRps: mean * objectives.growthFactor,
      durationSeconds: 24 * HOUR,
    }),
  ];
}

type Unnamed<T> = T extends TrafficSpec ? Omit<T, 'name'> : never;

function scenario(name: string, description: string, traffic: Unnamed<TrafficSpec>): Scenario {
  return { name, description, traffic: { ...traffic, name } as TrafficSpec, faults: [], burstiness: 0 };
}

function spike(
  { spikeFactor }: RehearsalObjectives,
  rps: number,
  load: string,
  minutes: number,
  suffix = minutes === 0 ? '' : `-ramp-${minutes}m`,
): Scenario {
  const name = `spike-5x${suffix}`;
  const how = minutes === 0 ? 'at once' : `within ${minutes} minutes`;
  return scenario(name, `${load} rises to ${spikeFactor} times ${how}, for half an hour`, {
    kind: 'surge',
    base: { kind: 'steady', name, rps, durationSeconds: 2 * HOUR },
    surge: { startSeconds: 30 * MINUTE, rampSeconds: minutes * MINUTE, holdSeconds: 30 * MINUTE, factor: spikeFactor },
  });
}

function users(name: string, count: number): Scenario {
  return scenario(name, `${count} users at once, ${THINK_SECONDS} s between their requests`, {
    kind: 'users',
    count,
    thinkSeconds: THINK_SECONDS,
    durationSeconds: HOUR,
  });
}

function atPeak(name: string, description: string, rps: number, faults: readonly Fault[]): Scenario {
  return { ...scenario(name, description, { kind: 'steady', rps, durationSeconds: HOUR }), faults };
}
