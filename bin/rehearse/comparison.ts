import { writeFileSync } from 'node:fs';
import {
  type ComparisonCell,
  type Contender,
  compare,
  comparisonMarkdown,
  type Outcome,
  PEERS,
  type Players,
  planOf,
  type RehearsalPlan,
  readServices,
  type Scenario,
  seedsUpTo,
  tuningContenders,
} from '../../analysis/rehearsal';
import { assemblyAt } from '../shared/assembly-at';
import { UsageError } from '../shared/errors';
import { applicationOf } from './application';
import { KeptRuns } from './kept-runs';
import type { RehearseOptions } from './options';
import { printComparison } from './print';
import type { Subject } from './subject';

/** Plays the policies of the subject and of all others on the same traffic, and says who was better. */
export async function runComparison(
  options: RehearseOptions,
  subject: Subject,
  chosen: readonly Scenario[],
  players: Players,
): Promise<void> {
  const [first] = chosen;
  if (first === undefined) throw new UsageError('--compare needs a scenario or a trace');
  const base = { ...planOf(subject.model, applicationOf(options, subject), subject.objectives, first), faults: [] };
  const comparison = await compare(
    base,
    contendersOf(options, subject),
    chosen.map(({ traffic }) => traffic),
    subject.objectives,
    playOf(options, players),
    seedsUpTo(options.seeds),
    progress,
  );
  if (options.markdown !== undefined) writeFileSync(options.markdown, comparisonMarkdown(comparison));
  process.stdout.write(`${options.json ? JSON.stringify(comparison, null, 2) : printComparison(comparison)}\n`);
}

/** The policies that `--compare` names: `peers`, or those of another assembly, template or git ref. */
function contendersOf({ compare: names, tune }: RehearseOptions, subject: Subject): Contender[] {
  const own: Contender = {
    name: subject.title,
    policies: subject.model.scaling.policies,
    schedules: subject.model.scaling.schedules,
  };
  const others = names.flatMap((name): Contender[] => {
    if (name === 'peers') return PEERS.map((peer) => ({ name: peer.name, policies: peer.policies }));
    const [model] = readServices(assemblyAt(name, '--compare'), subject.taskCapacityRps);
    if (model === undefined) throw new UsageError(`--compare ${name}: no service that scales`);
    return [{ name: `${name}: ${model.name}`, policies: model.scaling.policies, schedules: model.scaling.schedules }];
  });
  return [own, ...others, ...(tune ? tuningContenders(subject.taskCapacityRps) : [])];
}

function playOf({ keep }: RehearseOptions, players: Players) {
  const play = async (plan: RehearsalPlan, seed: number): Promise<Outcome> => {
    const [outcome] = await players.play(plan, [seed]);
    if (outcome === undefined) throw new RangeError(`seed ${seed} has no outcome`);
    return outcome;
  };
  return keep === undefined ? play : new KeptRuns(keep, players.file).around(play);
}

function progress({ traffic, contender, figures }: ComparisonCell, done: number, all: number): void {
  const { badMinutes, meanTasks } = figures;
  process.stderr.write(
    `  ${done} of ${all}: ${contender} on ${traffic}: ${badMinutes.median} bad minutes, ${meanTasks.median.toFixed(1)} tasks\n`,
  );
}
