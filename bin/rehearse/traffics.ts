import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  isKeyTrace,
  type RehearsalObjectives,
  readTrace,
  type Scenario,
  scenarios,
  type TrafficSpec,
} from '../../analysis/rehearsal';
import { UsageError } from '../shared/errors';
import { TRACES } from './application';
import type { RehearseOptions } from './options';

const HOUR = 3600;

/** The scenarios and traces that the flags name; all scenarios without any. */
export function chosenScenarios(options: RehearseOptions, objectives: RehearsalObjectives): Scenario[] {
  const known = scenarios(objectives);
  const unknown = options.scenario.filter((name) => known.every((scenario) => scenario.name !== name));
  if (unknown.length > 0) {
    throw new UsageError(
      `--scenario must be one of ${known.map(({ name }) => name).join(', ')}, got ${unknown.join(', ')}`,
    );
  }
  const named = known.filter(({ name }) => options.scenario.includes(name));
  const traces = options.trace.flatMap(traceFiles).map((file) => traceScenario(file, options));
  return named.length + traces.length === 0 ? [...known] : [...named, ...traces];
}

/** The rate traces that `--trace` names: a file, a bundled one by its bare name, or all of a directory. */
function traceFiles(given: string): string[] {
  const bundled = path.join(TRACES, given.endsWith('.csv') ? given : `${given}.csv`);
  if (!existsSync(given)) return [existsSync(bundled) ? bundled : given];
  if (!statSync(given).isDirectory()) return [given];
  const files = readdirSync(given).filter((name) => name.endsWith('.csv'));
  const found = files.map((name) => path.join(given, name)).filter((file) => !isKeyTrace(file));
  if (found.length === 0) throw new UsageError(`--trace ${given}: the directory has no trace (*.csv)`);
  return found.sort();
}

/** A trace as a scenario. */
function traceScenario(
  file: string,
  options: Pick<RehearseOptions, 'peak' | 'scale' | 'speed' | 'from' | 'hours'>,
): Scenario {
  // Read here once, so that a bad file is refused before anything is played.
  const { requests, binSeconds } = readTrace(file);
  const end = requests.length * binSeconds;
  const fromSeconds = (options.from ?? 0) * HOUR;
  if (fromSeconds >= end) {
    throw new UsageError(`--from must be below the ${end / HOUR} hours of ${file}, got ${options.from}`);
  }
  const name = path.basename(file, '.csv');
  const traffic: TrafficSpec = {
    kind: 'trace',
    name,
    file,
    fromSeconds,
    toSeconds: Math.min(end, fromSeconds + (options.hours ?? Number.POSITIVE_INFINITY) * HOUR),
    ...(options.peak !== undefined && { peakRps: options.peak }),
    ...(options.scale !== undefined && { factor: options.scale }),
    ...(options.speed !== undefined && { speed: options.speed }),
  };
  return { name, description: `the trace ${file}`, traffic, faults: [], burstiness: 0 };
}
