import type { RehearsalObjectives } from '../objectives';
import type { Scenario } from '../play/scenarios';
import { trafficOf } from '../play/traffic-spec';
import { type Cell, experienceCells, SCENARIO_HEAD } from '../report/tables';
import { shapeOf } from '../traffic/traffic';
import { rankOf, type Verdict, verdictOf } from '../verdict/verdict';
import { type FunctionInput, simulateFunction } from './simulate-function';

/** One scenario played with all seeds; figures of Lambda are medians. */
export interface FunctionRehearsal {
  readonly name: string;
  readonly peakRps: number;
  readonly verdict: Verdict;
  readonly coldStarts: number;
  readonly mostAtOnce: number;
  readonly meanProvisioned: number;
}

/** Plays a scenario through a function with every seed and judges it. */
export function rehearseFunction(
  input: Omit<FunctionInput, 'traffic' | 'burstiness'>,
  { name, traffic: spec, burstiness }: Scenario,
  objectives: RehearsalObjectives,
  seeds: readonly number[],
): FunctionRehearsal {
  const traffic = trafficOf(spec);
  const outcomes = seeds.map((seed) => simulateFunction({ ...input, traffic, burstiness }, seed));
  const median = (pick: (one: (typeof outcomes)[number]) => number) => rankOf(outcomes.map(pick), 0.5);
  return {
    name,
    peakRps: shapeOf(traffic).peakRps,
    verdict: verdictOf(outcomes, objectives),
    coldStarts: median(({ coldStarts }) => coldStarts),
    mostAtOnce: median(({ mostAtOnce }) => mostAtOnce),
    meanProvisioned: median(({ meanProvisioned }) => meanProvisioned),
  };
}

export const FUNCTION_HEAD = [...SCENARIO_HEAD, 'cold starts', 'most at once', 'warm'];

export function functionRows(rehearsals: readonly FunctionRehearsal[]): Cell[][] {
  return rehearsals.map(({ name, peakRps, verdict, coldStarts, mostAtOnce, meanProvisioned }) => [
    ...experienceCells(name, peakRps, verdict),
    coldStarts,
    mostAtOnce,
    meanProvisioned.toFixed(1),
  ]);
}
