import {
  CalibrationError,
  ObjectivesError,
  type Players,
  ScheduleError,
  TemplateError,
} from '../../analysis/rehearsal';
import type { RehearsalPair } from '../../analysis/review';
import type { Assembly } from '../../analysis/template';
import { NO_FLAGS } from '../rehearse/defaults';
import type { RehearseOptions } from '../rehearse/options';
import { playChosen } from '../rehearse/play-chosen';
import { type Subject, subjectIn, withObjectives } from '../rehearse/subject';
import { UsageError } from '../shared/errors';
import type { ReviewOptions } from './options';
import type { Pair } from './sides';

/** Short, and each ends differently: a burst, ten times the load, and a deployment in the highest minute. */
export const DEFAULT_SCENARIOS: readonly string[] = ['spike-5x', 'ten-times', 'deploy-at-peak'];

/** Why there is nothing to rehearse, each in words of its own. */
const NOTHING_TO_PLAY = [TemplateError, ObjectivesError, CalibrationError, ScheduleError, UsageError, SyntaxError];

/** A rehearsal of both sides, or why there is none. */
export type Rehearsed = { readonly pair: RehearsalPair } | { readonly remark: string };

/** Plays the same traffic through both sides of an environment, unless they would do the same. */
export async function rehearsePair(
  { name, before, after }: Pair,
  options: ReviewOptions,
  players: () => Players,
): Promise<Rehearsed> {
  const label = name === '' ? '' : `${name}: `;
  const flags = flagsOf(name, options);
  const [was, is] = [subjectOr(before, flags), subjectOr(after, flags)];
  const missing = [was, is].find((side) => typeof side === 'string');
  if (typeof was === 'string' || typeof is === 'string')
    return { remark: `${label}not rehearsed: ${missing as string}` };
  if (playedOf(was) === playedOf(is)) return { remark: `${label}not rehearsed: the service scales as before` };
  process.stderr.write(`rehearsing ${name} before and after …\n`);
  return {
    pair: {
      before: await playChosen(was, flags, players()),
      after: await playChosen(is, flags, players()),
    },
  };
}

function flagsOf(name: string, { assembly, scenario, seeds, capacity }: ReviewOptions): RehearseOptions {
  const whose = assembly === undefined ? { environment: name.toLowerCase() } : { assembly };
  return {
    ...NO_FLAGS,
    ...whose,
    seeds,
    ...(capacity !== undefined && { capacity }),
    scenario: scenario.length > 0 ? scenario : DEFAULT_SCENARIOS,
  };
}

function subjectOr(assembly: Assembly | undefined, flags: RehearseOptions): Subject | string {
  if (assembly === undefined) return 'one side does not have it';
  try {
    return subjectIn(withObjectives(assembly, undefined, flags), flags);
  } catch (error) {
    if (error instanceof Error && NOTHING_TO_PLAY.some((known) => error instanceof known)) return error.message;
    throw error;
  }
}

/** Everything that the outcome depends on. */
function playedOf({ model, objectives, taskCapacityRps }: Subject): string {
  const { notModelled: _, ...played } = model;
  return JSON.stringify({ played, objectives, taskCapacityRps });
}
