import { alarmOn, query, stepPolicy } from '../../../../analysis/rehearsal/policies/building-blocks';
import { Random } from '../../../../analysis/rehearsal/queueing/random';
import { DEFAULT_PARAMETERS } from '../../../../analysis/rehearsal/simulation/parameters';
import type { Experiment } from './real-run';

/**
 * Four tasks of 20 ms behind a balancer that goes by outstanding requests, as production's does; an overload of 130 %,
 * and a step policy that answers it. A policy minute takes three seconds.
 */
export function experiment(scale: number, seed: number): Experiment {
  const busy = alarmOn('busy', query('cpu'), 'GreaterThanThreshold', 80, { datapoints: 2 });
  return {
    phases: [
      { name: 'normal', seconds: 18 * scale, rps: 100 },
      { name: 'overload', seconds: 21 * scale, rps: 260 },
      { name: 'recovery', seconds: 21 * scale, rps: 110 },
    ],
    timeScale: 20,
    work: { kind: 'lognormal', meanMs: 20, cv: 1 },
    algorithm: 'least_outstanding_requests',
    scaling: {
      name: 'rig',
      minCapacity: 4,
      maxCapacity: 8,
      schedules: [],
      policies: [stepPolicy('busy', busy, [{ lowerBound: 0, adjustment: 2 }], { cooldownSeconds: 120 })],
    },
    parameters: {
      ...DEFAULT_PARAMETERS,
      ecsMetricDelay: 10,
      launch: 40,
      launchSpread: 0,
      healthChecksWaitInQueue: false,
    },
    initialTasks: 4,
    minuteShiftSeconds: new Random(seed + 2000).below(60),
    seed,
  };
}
