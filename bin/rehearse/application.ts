import path from 'node:path';
import {
  type Application,
  percent,
  type RehearsalObjectives,
  readKeyTrace,
  StackDistances,
  serviceFromLoadTest,
  serviceOfCapacity,
  warmUpCurve,
} from '../../analysis/rehearsal';
import type { RehearseOptions } from './options';
import type { Subject } from './subject';

/** Traces that come with the project. */
export const TRACES = path.join(__dirname, '..', '..', 'analysis', 'rehearsal', 'traces');

/** Monday, 5 January 2026, 00:00 UTC: a trace's first second, for schedules. */
export const MONDAY = Date.UTC(2026, 0, 5) / 1000;
/** What a query takes, and how many a reader works on at once, until somebody measures it. */
const QUERY = { kind: 'lognormal', meanMs: 5, cv: 1 } as const;
const PARALLEL_PER_READER = 2;
const CURVE_POINTS = 50;

/** What the flags and the objectives say about the application behind the template. */
export function applicationOf(options: RehearseOptions, subject: Subject): Application {
  const { model, objectives, taskCapacityRps } = subject;
  const service =
    options.loadResult === undefined
      ? serviceOfCapacity(taskCapacityRps)
      : serviceFromLoadTest(options.loadResult, taskCapacityRps);
  const assumptions = [
    `a task takes ${taskCapacityRps} requests/s at saturation, from ${subject.capacityFrom}`,
    options.loadResult === undefined
      ? 'the work per request is lognormal with a coefficient of variation of 1; calibrate it with --load-result'
      : `what a request takes beyond its work is from ${options.loadResult}`,
    'image 250 MiB, 3 s from start to answer, one worker per task, refusal after 10 s in its queue',
  ];
  const shared = { service, taskCapacityRps, startEpochSeconds: MONDAY, forecastModel: options.forecast } as const;
  if (model.readers === undefined) return { ...shared, assumptions };
  const keys = readKeyTrace(options.keyTrace ?? path.join(TRACES, 'cache_keys_web12.csv'));
  const entries = Math.max(1, Math.ceil(new Set(keys).size * options.cachedShare));
  const { hitRatio, from } = hitRatioOf(options, objectives, keys, entries);
  const database = {
    query: QUERY,
    parallelPerReader: PARALLEL_PER_READER,
    readers: model.readers.scaling.minCapacity,
    scaling: model.readers.scaling,
    ...(model.readers.acu && { acu: model.readers.acu }),
    ...(subject.config && { connectionsPerTask: subject.config.database.connectionsPerEndpoint }),
  };
  return {
    ...shared,
    database,
    cache: { hitRatio, warmUp: { accesses: keys.length, curve: warmUpCurve(keys, entries, CURVE_POINTS) } },
    assumptions: [
      ...assumptions,
      `the cache answers ${percent(hitRatio)} of the requests (${from}); the others make one query`,
      `a query takes ${QUERY.meanMs} ms (lognormal, coefficient of variation 1), ${atOnce(model.readers.acu)}`,
    ],
  };
}

function atOnce(acu: unknown): string {
  return acu === undefined
    ? `a reader works on ${PARALLEL_PER_READER} at once`
    : 'a reader of Serverless v2 works on as many at once as it has vCPUs, which the rehearsal derives from its ACUs';
}

/** The share of the lookups that the cache answers: as given, else as exact as a key trace has it, else the objective. */
function hitRatioOf(
  { hitRatio, keyTrace, cachedShare, cacheTtl }: RehearseOptions,
  { cacheHitRatioFrequent }: RehearsalObjectives,
  keys: Uint32Array,
  entries: number,
): { readonly hitRatio: number; readonly from: string } {
  if (hitRatio !== undefined) return { hitRatio, from: '--hit-ratio' };
  if (keyTrace === undefined) return { hitRatio: cacheHitRatioFrequent, from: 'the objective' };
  const lives = cacheTtl === undefined ? '' : `, each for ${cacheTtl} accesses`;
  return {
    hitRatio: new StackDistances(keys, cacheTtl).hitRatio(entries),
    from: `${keyTrace} with ${percent(cachedShare)} of its keys cached${lives}`,
  };
}
