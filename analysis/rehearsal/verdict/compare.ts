import type { RehearsalObjectives } from '../objectives';
import type { RehearsalPlan } from '../play/plan';
import type { Scenario } from '../play/scenarios';
import { type TrafficSpec, trafficOf } from '../play/traffic-spec';
import type { ScalingPolicy } from '../scaling/policy-definition';
import type { OutcomeTotals } from '../simulation/outcome';
import { shapeOf } from '../traffic/traffic';
import { type Band, type Figure, verdictOf } from './verdict';

/** A set of policies under a name. */
export interface Contender {
  readonly name: string;
  readonly policies: readonly ScalingPolicy[];
  readonly schedules?: RehearsalPlan['scaling']['schedules'];
  /** Fewest tasks. @default - those of the service that is compared with */
  readonly minCapacity?: number;
}

/** What all of them have to get through. */
type Situation = Pick<Scenario, 'traffic' | 'faults' | 'burstiness'>;

/** What a traffic was like. */
export interface ComparedTraffic {
  readonly name: string;
  readonly durationSeconds: number;
  readonly meanRps: number;
  readonly peakRps: number;
}

/** One contender on one traffic. */
export interface ComparisonCell {
  readonly traffic: string;
  readonly contender: string;
  readonly holds: boolean;
  readonly figures: Readonly<Record<Figure, Band>>;
}

/** Every contender on every traffic. */
export interface Comparison {
  readonly traffics: readonly ComparedTraffic[];
  readonly cells: readonly ComparisonCell[];
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

/** Plays a plan with one seed; the time axis of the outcome is not looked at. */
export type Play = (plan: RehearsalPlan, seed: number) => Promise<OutcomeTotals>;

/** Plays every contender in every situation: same bounds, same service, same faults, same seeds. */
export async function compare(
  base: RehearsalPlan,
  contenders: readonly Contender[],
  situations: readonly Situation[],
  objectives: RehearsalObjectives,
  play: Play,
  seeds: readonly number[],
  progress: (cell: ComparisonCell, done: number, all: number) => void,
): Promise<Comparison> {
  const pairs = situations.flatMap((situation) => contenders.map((contender) => ({ situation, contender })));
  let done = 0;
  const cells = await Promise.all(
    pairs.map(async ({ situation, contender }) => {
      const { name, policies, schedules = [], minCapacity = base.scaling.minCapacity } = contender;
      const { traffic, faults, burstiness } = situation;
      const scaling = { ...base.scaling, name, minCapacity, policies, schedules };
      const outcomes = await Promise.all(
        seeds.map((seed) => play({ ...base, traffic, faults, burstiness, scaling }, seed)),
      );
      const { holds, figures } = verdictOf(outcomes, objectives, faults);
      const cell = { traffic: traffic.name, contender: name, holds, figures };
      progress(cell, ++done, pairs.length);
      return cell;
    }),
  );
  return { traffics: situations.map(({ traffic }) => comparedTraffic(traffic)), cells };
}

function comparedTraffic(spec: TrafficSpec): ComparedTraffic {
  const traffic = trafficOf(spec);
  return { name: spec.name, durationSeconds: traffic.durationSeconds, ...shapeOf(traffic) };
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
