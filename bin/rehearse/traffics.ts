import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  type RehearsalObjectives,
  readTrace,
  type Scenario,
  scenarios,
  type TrafficSpec,
} from '../../analysis/rehearsal';
import { UsageError } from '../shared/errors';
import { TRACES } from './application';
import type { RehearseOptions } from './options';

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
  const traces = options.trace.map((file) => traceScenario(file, options));
  return named.length + traces.length === 0 ? [...known] : [...named, ...traces];
}

/** A trace as a scenario; a bare name is one of the bundled ones. */
function traceScenario(given: string, options: Pick<RehearseOptions, 'peak' | 'scale' | 'hours'>): Scenario {
  const bundled = path.join(TRACES, given.endsWith('.csv') ? given : `${given}.csv`);
  const file = existsSync(given) || !existsSync(bundled) ? given : bundled;
  // Read here once, so that a bad file is refused before anything is played.
  const { requests, binSeconds } = readTrace(file);
  const seconds = Math.min(requests.length * binSeconds, (options.hours ?? Number.POSITIVE_INFINITY) * 3600);
  const name = path.basename(file, '.csv');
  const traffic: TrafficSpec = {
    kind: 'trace',
    name,
    file,
    toSeconds: seconds,
    ...(options.peak !== undefined && { peakRps: options.peak }),
    ...(options.scale !== undefined && { factor: options.scale }),
  };
  return { name, description: `the trace ${file}`, traffic, faults: [], burstiness: 0 };
}
