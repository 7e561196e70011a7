import type { RehearsalObjectives } from '../objectives';
import type { RehearsalPlan } from '../play/plan';
import type { Players } from '../play/players';
import { FORECAST_MODELS } from '../scaling/policy-definition';
import { alternatives } from '../simulation/parameters';
import { type Band, verdictOf } from './verdict';

/** What becomes of the verdict when one undocumented parameter has another value. */
export interface SensitivityRow {
  readonly label: string;
  readonly holds: boolean;
  readonly badMinutes: Band;
  readonly meanTasks: Band;
}

/** Moves every undocumented parameter, and the stand-in for a forecast that scales, one at a time. */
export async function sensitivityOf(
  plan: RehearsalPlan,
  objectives: RehearsalObjectives,
  players: Players,
  seeds: readonly number[],
  progress: (label: string) => void,
): Promise<SensitivityRow[]> {
  const isForecast = plan.scaling.policies.some((one) => one.type === 'predictive' && one.mode === 'ForecastAndScale');
  const forecasts = isForecast ? FORECAST_MODELS.filter((model) => model !== plan.forecastModel) : [];
  const rows: readonly ({ readonly label: string } & Partial<RehearsalPlan>)[] = [
    { label: 'as assumed' },
    ...alternatives(),
    ...forecasts.map((forecastModel) => ({ label: `forecast = ${forecastModel}`, forecastModel })),
  ];
  const results: SensitivityRow[] = [];
  for (const { label, ...changed } of rows) {
    progress(label);
    const outcomes = await players.play({ ...plan, ...changed }, seeds);
    const { holds, figures } = verdictOf(outcomes, objectives, plan.faults);
    results.push({ label, holds, badMinutes: figures.badMinutes, meanTasks: figures.meanTasks });
  }
  return results;
}
