import { writeFileSync } from 'node:fs';
import {
  type Comparison,
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
  summarizeComparison,
  tuningContenders,
} from '../../analysis/rehearsal';
import { assemblyAt } from '../shared/assembly-at';
import { UsageError } from '../shared/errors';
import { applicationOf } from './application';
import { KeptRuns } from './kept-runs';
import type { RehearseOptions } from './options';
import { contenderOf, type PresetCandidate, presetCandidates, presetSource, proposalOf } from './preset-search';
import { printComparison } from './print';
import type { Subject } from './subject';

/** Plays the policies of the subject and of all others on the same traffic, and says who was better. */
export async function runComparison(
  options: RehearseOptions,
  subject: Subject,
  chosen: readonly Scenario[],
  players: Players,
): Promise<void> {
  const candidates = options.tune && subject.config !== undefined ? presetCandidates(subject.config) : [];
  const contenders = [...contendersOf(options, subject), ...synthesized(candidates, subject)];
  const comparison = await playAll(options, subject, chosen, contenders, players);
  const proposal = options.tune ? proposalText(comparison, candidates, subject) : undefined;
  if (options.markdown !== undefined) writeFileSync(options.markdown, comparisonMarkdown(comparison, proposal));
  const result = options.tune ? { ...comparison, contenders, proposal } : comparison;
  process.stdout.write(`${options.json ? JSON.stringify(result, null, 2) : printComparison(comparison, proposal)}\n`);
}

async function playAll(
  options: RehearseOptions,
  subject: Subject,
  chosen: readonly Scenario[],
  contenders: readonly Contender[],
  players: Players,
): Promise<Comparison> {
  const [first] = chosen;
  if (first === undefined) throw new UsageError('--compare needs a scenario or a trace');
  const base = planOf(subject.model, applicationOf(options, subject), subject.objectives, first);
  const seeds = seedsUpTo(options.seeds);
  return compare(base, contenders, chosen, subject.objectives, playOf(options, players), seeds, progress);
}

/** The policies that `--compare` names: `peers`, or those of another assembly, template or git ref. */
function contendersOf({ compare: names, tune }: RehearseOptions, subject: Subject): Contender[] {
  const { policies, schedules } = subject.model.scaling;
  const others = names.flatMap((name): Contender[] => {
    if (name === 'peers') return PEERS.map((peer) => ({ name: peer.name, policies: peer.policies }));
    const [model] = readServices(assemblyAt(name, '--compare'), subject.taskCapacityRps);
    if (model === undefined) throw new UsageError(`--compare ${name}: no service that scales`);
    return [{ name: `${name}: ${model.name}`, policies: model.scaling.policies, schedules: model.scaling.schedules }];
  });
  // Of another's template nobody knows the configuration: sets of policies stand for it.
  const searched = tune && subject.config === undefined ? tuningContenders(subject.taskCapacityRps) : [];
  return [{ name: subject.title, policies, schedules }, ...others, ...searched];
}

function synthesized(candidates: readonly PresetCandidate[], { config }: Subject): Contender[] {
  if (config === undefined) return [];
  return candidates.map((candidate, index) => {
    process.stderr.write(`  synthesizing ${index + 1} of ${candidates.length}: ${candidate.name}\n`);
    return contenderOf(candidate, config);
  });
}

/** What a search proposes, with what it rests on. */
function proposalText({ cells }: Comparison, candidates: readonly PresetCandidate[], subject: Subject): string {
  const rows = summarizeComparison(cells);
  const present = rows.find(({ contender }) => contender === subject.title);
  const better = proposalOf(rows, subject.title);
  if (present === undefined || better === undefined) {
    return `proposal: keep the present policies; none of ${rows.length - 1} others has fewer bad minutes, or as few with fewer task-hours`;
  }
  const evidence =
    `proposal: ${better.contender}: ${better.badMinutes} bad minutes instead of ${present.badMinutes}, ` +
    `${better.taskHours.toFixed(0)} task-hours instead of ${present.taskHours.toFixed(0)}; judge it on traffic that it was not chosen on`;
  const candidate = candidates.find(({ name }) => name === better.contender);
  if (candidate === undefined || subject.config === undefined) return `${evidence}; --json has its policies`;
  return `${evidence}\n\n${presetSource(candidate, subject.config)}`;
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
