import type { Application } from '../../analysis/rehearsal';
import {
  type ComparisonCell,
  type Contender,
  compare,
  comparisonMatrix,
  PEERS,
  type Players,
  planOf,
  readServices,
  type Scenario,
  summarizeComparison,
  tuningContenders,
} from '../../analysis/rehearsal';
import { assemblyAt } from '../shared/assembly-at';
import { UsageError } from '../shared/errors';
import type { Subject } from './subject';

export interface Comparison {
  readonly cells: readonly ComparisonCell[];
  readonly rows: ReturnType<typeof summarizeComparison>;
  readonly matrix: ReturnType<typeof comparisonMatrix>;
}

/** The policies that `--compare` names: `peers`, or those of another assembly, template or git ref. */
export function contendersOf(names: readonly string[], subject: Subject, tune: boolean): Contender[] {
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

/** Plays all contenders on the same traffic. */
export async function compareOn(
  subject: Subject,
  application: Application,
  contenders: readonly Contender[],
  chosen: readonly Scenario[],
  players: Players,
  seeds: readonly number[],
): Promise<Comparison> {
  const [first] = chosen;
  if (first === undefined) throw new UsageError('--compare needs a scenario or a trace');
  const base = { ...planOf(subject.model, application, subject.objectives, first), faults: [] };
  const traffics = chosen.map(({ traffic }) => traffic);
  const progress = (text: string) => process.stderr.write(`  ${text}\n`);
  const cells = await compare(base, contenders, traffics, subject.objectives, players, seeds, progress);
  return { cells, rows: summarizeComparison(cells), matrix: comparisonMatrix(cells) };
}
