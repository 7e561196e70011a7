import type { RehearsalObjectives } from '../objectives';
import type { RehearsalPlan } from '../play/plan';
import type { Players } from '../play/players';
import { alternatives } from '../simulation/parameters';
import { type Band, verdictOf } from './verdict';

/** What becomes of the verdict when one undocumented parameter has another value. */
export interface SensitivityRow {
  readonly label: string;
  readonly holds: boolean;
  readonly badMinutes: Band;
  readonly meanTasks: Band;
}

/** Moves every undocumented parameter, one at a time. */
export async function sensitivityOf(
  plan: RehearsalPlan,
  objectives: RehearsalObjectives,
  players: Players,
  seeds: readonly number[],
  progress: (label: string) => void,
): Promise<SensitivityRow[]> {
  const rows = [{ label: 'as assumed', parameters: plan.parameters }, ...alternatives()];
  const results: SensitivityRow[] = [];
  for (const { label, parameters } of rows) {
    progress(label);
    const outcomes = await players.play({ ...plan, parameters }, seeds);
    const { holds, figures } = verdictOf(outcomes, objectives, plan.faults);
    results.push({ label, holds, badMinutes: figures.badMinutes, meanTasks: figures.meanTasks });
  }
  return results;
}
