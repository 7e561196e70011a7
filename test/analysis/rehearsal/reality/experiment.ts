import { alarmOn, query, stepPolicy } from '../../../../analysis/rehearsal/policies/building-blocks';
import { DEFAULT_PARAMETERS } from '../../../../analysis/rehearsal/simulation/parameters';
import type { Experiment } from './real-run';

/** Two tasks of 50 ms, an overload of 130 %, and a step policy that answers it; a policy minute takes three seconds. */
export function experiment(scale: number, seed: number): Experiment {
  const busy = alarmOn('busy', query('cpu'), 'GreaterThanThreshold', 80, { datapoints: 2 });
  return {
    phases: [
      { name: 'normal', seconds: 18 * scale, rps: 20 },
      { name: 'overload', seconds: 21 * scale, rps: 52 },
      { name: 'recovery', seconds: 21 * scale, rps: 20 },
    ],
    timeScale: 20,
    work: { kind: 'lognormal', meanMs: 50, cv: 1 },
    scaling: {
      name: 'rig',
      minCapacity: 2,
      maxCapacity: 4,
      schedules: [],
      policies: [stepPolicy('busy', busy, [{ lowerBound: 0, adjustment: 1 }], { cooldownSeconds: 120 })],
    },
    parameters: {
      ...DEFAULT_PARAMETERS,
      ecsMetricDelay: 10,
      launch: 40,
      launchSpread: 0,
      healthChecksWaitInQueue: false,
    },
    initialTasks: 2,
    seed,
  };
}
