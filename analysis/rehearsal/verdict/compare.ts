import type { RehearsalObjectives } from '../objectives';
import type { RehearsalPlan } from '../play/plan';
import type { Players } from '../play/players';
import type { TrafficSpec } from '../play/traffic-spec';
import type { ScalingPolicy } from '../scaling/policy-definition';
import { type Band, type Figure, verdictOf } from './verdict';

/** A set of policies under a name. */
export interface Contender {
  readonly name: string;
  readonly policies: readonly ScalingPolicy[];
  readonly schedules?: RehearsalPlan['scaling']['schedules'];
}

/** One contender on one traffic. */
export interface ComparisonCell {
  readonly traffic: string;
  readonly contender: string;
  readonly holds: boolean;
  readonly figures: Readonly<Record<Figure, Band>>;
}

/** A contender over all traffics. */
export interface ComparisonRow {
  readonly contender: string;
  /** Sums over the traffics of the medians over the seeds. */
  readonly badMinutes: number;
  readonly taskHours: number;
  readonly unansweredShare: number;
  /** Nobody has both fewer bad minutes and fewer task-hours. */
  readonly pareto: boolean;
}

/** Plays every contender on every traffic: same bounds, same service, same seeds. */
export async function compare(
  base: RehearsalPlan,
  contenders: readonly Contender[],
  traffics: readonly TrafficSpec[],
  objectives: RehearsalObjectives,
  players: Players,
  seeds: readonly number[],
  progress: (text: string) => void,
): Promise<ComparisonCell[]> {
  const cells: ComparisonCell[] = [];
  for (const traffic of traffics) {
    progress(traffic.name);
    const row = await Promise.all(
      contenders.map(async ({ name, policies, schedules = [] }) => {
        const scaling = { ...base.scaling, name, policies, schedules };
        const { holds, figures } = verdictOf(await players.play({ ...base, traffic, scaling }, seeds), objectives);
        return { traffic: traffic.name, contender: name, holds, figures };
      }),
    );
    cells.push(...row);
  }
  return cells;
}

/** Sums over all traffics, with the Pareto front of bad minutes against task-hours. */
export function summarizeComparison(cells: readonly ComparisonCell[]): ComparisonRow[] {
  const names = [...new Set(cells.map(({ contender }) => contender))];
  const sums = names.map((contender) => {
    const own = cells.filter((cell) => cell.contender === contender);
    const sum = (figure: Figure) => own.reduce((total, { figures }) => total + figures[figure].median, 0);
    return {
      contender,
      badMinutes: sum('badMinutes'),
      taskHours: sum('taskHours'),
      unansweredShare: sum('unansweredShare') / own.length,
    };
  });
  return sums.map((row) => ({ ...row, pareto: !sums.some((other) => dominates(other, row)) }));
}

/** Not worse in either, better in one. */
export function dominates(a: Pick<ComparisonRow, 'badMinutes' | 'taskHours'>, b: typeof a): boolean {
  const noWorse = a.badMinutes <= b.badMinutes && a.taskHours <= b.taskHours;
  return noWorse && (a.badMinutes < b.badMinutes || a.taskHours < b.taskHours);
}
