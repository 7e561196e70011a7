import { serviceOfCapacity } from '../../analysis/rehearsal';
import { DEFAULT_PARAMETERS, type Parameters } from '../../analysis/rehearsal/simulation/parameters';
import { simulate } from '../../analysis/rehearsal/simulation/simulate';
import { readServices } from '../../analysis/rehearsal/template/read-service';
import { steady, withSurge } from '../../analysis/rehearsal/traffic/traffic';
import { ENVIRONMENTS } from '../../lib/config';
import { input } from '../analysis/rehearsal/simulation/inputs';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform();

/** CloudWatch documents that a missing side of an operation is zero, and users report that the result is missing. */
const READINGS: readonly Partial<Parameters>[] = [{ missingInMath: 'zero' }, { missingInMath: 'missing' }];

const CASES = ENVIRONMENTS.flatMap((config) =>
  READINGS.map((reading) => ({ config, reading, name: `${config.name}, a missing side is ${reading.missingInMath}` })),
);

describe.each(CASES)('$name', ({ config, reading }) => {
  const { capacityPerTask } = config.scaling;
  const { minTasks, maxTasks } = config.service;
  const [model] = readServices(assembly.stage(config.name), capacityPerTask);
  if (model === undefined) throw new Error(`${config.name} has no service that scales`);
  const { scaling, targetGroup, deployment } = model;
  const rehearsed = {
    scaling,
    targetGroup,
    deployment,
    service: serviceOfCapacity(capacityPerTask),
    parameters: { ...DEFAULT_PARAMETERS, ...reading },
    slowMs: config.objectives.latency.p95.toMilliseconds(),
  };

  test('gives back every task beyond the minimum when the load has gone', () => {
    // Ten minutes of quiet, then one task every five minutes at the slowest.
    const seconds = 60 * (15 + 6 * (maxTasks - minTasks));
    const { rows, scaleOuts } = simulate(
      input({ ...rehearsed, traffic: steady(capacityPerTask / 20, seconds), initialTasks: maxTasks }),
      1,
    );
    expect(rows.at(-1)?.running).toBe(minTasks);
    expect(scaleOuts).toBe(0);
  });

  test('grows until it carries what its largest fleet can, after the spike that the objectives name', () => {
    const rps = 0.75 * maxTasks * capacityPerTask;
    const factor = config.objectives.traffic.spikeFactor;
    const surge = { startSeconds: 900, rampSeconds: 0, holdSeconds: 2700, factor };
    const traffic = withSurge(steady(rps / factor, 3600), surge);
    const { rows } = simulate(input({ ...rehearsed, traffic, initialTasks: minTasks }), 1);
    const last = rows.slice(-10);
    expect(Math.min(...last.map(({ running }) => running))).toBeGreaterThan(0.75 * maxTasks);
    expect(last.every(({ failed, slow, requests }) => failed + slow <= 0.05 * requests)).toBe(true);
  });
});
