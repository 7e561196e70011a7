import { alarmOn, query, stepPolicy, trackingPolicy } from '../policies/building-blocks';
import type { ScalingPolicy } from '../scaling/policy-definition';
import type { Contender } from './compare';

/** What is searched over. */
interface TuningSpace {
  readonly cpuTargets: readonly number[];
  /** Shares of a task's capacity that the request tracker aims at. */
  readonly requestTargets: readonly number[];
  readonly scaleInCpu: readonly number[];
  readonly scaleInPercent: readonly number[];
}

const TUNING_SPACE: TuningSpace = {
  cpuTargets: [45, 55, 65, 75],
  requestTargets: [0.5, 0.6, 0.75],
  scaleInCpu: [30, 40],
  scaleInPercent: [-5, -20],
};

/**
 * Every combination of the space: a fast CPU tracker, a request tracker that does not saturate, both without scale-in, and
 * one condition over CPU and requests that scales in.
 */
export function tuningContenders(taskCapacityRps: number, space: TuningSpace = TUNING_SPACE): Contender[] {
  return space.cpuTargets.flatMap((cpu) =>
    space.requestTargets.flatMap((requests) =>
      space.scaleInCpu.flatMap((quiet) =>
        space.scaleInPercent.map((percent) => ({
          name: `cpu ${cpu} · requests ${Math.round(100 * requests)} % · in ${percent} % below ${quiet} %`,
          policies: tuned(taskCapacityRps, cpu, requests, quiet, percent),
        })),
      ),
    ),
  );
}

function tuned(capacityRps: number, cpu: number, requests: number, quiet: number, percent: number): ScalingPolicy[] {
  const perTarget = query('request-count-per-target', 'Sum');
  const out = { disableScaleIn: true, scaleOutCooldownSeconds: 20 };
  const alarm = alarmOn('quiet', { ...query('cpu'), id: 'cpu' }, 'GreaterThanOrEqualToThreshold', 1, {
    datapoints: 10,
  });
  const both = `IF(cpu < ${quiet} AND FILL(m, 0) < ${0.9 * requests * 60 * capacityRps}, 1, 0)`;
  return [
    trackingPolicy('cpu', query('cpu', 'Average', 20), cpu, out),
    trackingPolicy('requests', perTarget, requests * 60 * capacityRps, { ...out, scaleOutCooldownSeconds: 60 }),
    stepPolicy(
      'quiet',
      { ...alarm, queries: [...alarm.queries, perTarget, { id: 'low', expression: both }], returns: 'low' },
      [{ lowerBound: 0, adjustment: percent }],
      { adjustmentType: 'PercentChangeInCapacity' },
    ),
  ];
}
