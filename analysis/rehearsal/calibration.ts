import { readFileSync } from 'node:fs';
import { DEFAULT_SERVICE, type ServiceModel } from './simulation/simulation-input';

/** A load-test result that cannot be used; the message names the file and what is wrong. */
export class CalibrationError extends Error {
  public override readonly name = 'CalibrationError';
}

/** Quantiles that `npm run load` writes, with their shares. */
const QUANTILES = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
] as const;

/**
 * A service whose tasks are saturated by `taskCapacityRps` requests per second: one worker that is busy with a request for
 * 1 / capacity, as a Node process is.
 */
export function serviceOfCapacity(taskCapacityRps: number): ServiceModel {
  return { ...DEFAULT_SERVICE, work: { kind: 'lognormal', meanMs: 1000 / taskCapacityRps, cv: 1 } };
}

/**
 * The service as a load test found it: what the requests took beyond the worker's own time is waiting that keeps no worker
 * busy. Calibrate from a test well below saturation; queueing in the test would be counted twice.
 *
 * @param file what `npm run load` wrote
 * @throws {CalibrationError} when it is no such file
 */
export function serviceFromLoadTest(file: string, taskCapacityRps: number): ServiceModel {
  const base = serviceOfCapacity(taskCapacityRps);
  const found = quantilesOf(file);
  const workMs = 1000 / taskCapacityRps;
  const points = found.map(([share, ms]) => [share, Math.max(0, ms - workMs)] as const);
  const first = points[0]?.[1] ?? 0;
  const last = points.at(-1)?.[1] ?? 0;
  return { ...base, waiting: { kind: 'quantiles', points: [[0, first / 2], ...points, [1, last]] } };
}

function quantilesOf(file: string): (readonly [number, number])[] {
  let result: unknown;
  try {
    result = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CalibrationError(`cannot read the load-test result ${file}`, { cause: error });
  }
  const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === 'object' && value !== null;
  const time = isObject(result) && result['format'] === 'headroom-load-1' ? result['serviceTime'] : undefined;
  if (!isObject(time)) throw new CalibrationError(`${file} is no result of \`npm run load\` (format headroom-load-1)`);
  return QUANTILES.map(([name, share]) => {
    const ms = time[name];
    if (typeof ms !== 'number')
      throw new CalibrationError(`${file}: \`serviceTime.${name}\` must be a number, got ${JSON.stringify(ms)}`);
    return [share, ms] as const;
  });
}
