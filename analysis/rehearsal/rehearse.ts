import type { RehearsalObjectives } from './objectives';
import type { RehearsalPlan } from './play/plan';
import type { Players } from './play/players';
import type { Scenario } from './play/scenarios';
import { trafficOf } from './play/traffic-spec';
import type { ForecastModel } from './scaling/policy-definition';
import type { Outcome } from './simulation/outcome';
import { DEFAULT_PARAMETERS, type Parameters } from './simulation/parameters';
import type { CacheModel, DatabaseModel, ServiceModel } from './simulation/simulation-input';
import type { RehearsalModel } from './template/read-service';
import { shapeOf } from './traffic/traffic';
import { causeOf } from './verdict/cause';
import { type LintFinding, lintPolicies } from './verdict/policy-lint';
import { type Verdict, verdictOf } from './verdict/verdict';

/** How the application behaves, which no template says. */
export interface Application {
  readonly service: ServiceModel;
  readonly taskCapacityRps: number;
  /** @default - requests end in the service */
  readonly database?: DatabaseModel;
  readonly cache?: CacheModel;
  /** Monday, 5 January 2026, 00:00 UTC unless told otherwise. */
  readonly startEpochSeconds: number;
  readonly forecastModel: ForecastModel;
  /** What was assumed about it, for the report. */
  readonly assumptions: readonly string[];
}

/** One scenario played with all seeds. */
export interface Rehearsal {
  readonly scenario: Scenario;
  readonly plan: RehearsalPlan;
  readonly peakRps: number;
  readonly verdict: Verdict;
  /** The seed that stands in the middle by its bad minutes, for the plots. */
  readonly shown: Outcome;
  /** Why the worst minutes of all seeds were as bad as they were. */
  readonly cause: string;
}

/** Everything a report says about one service. */
export interface RehearsalReport {
  readonly title: string;
  readonly model: RehearsalModel;
  readonly objectives: RehearsalObjectives;
  readonly application: Application;
  readonly rehearsals: readonly Rehearsal[];
  readonly lint: readonly LintFinding[];
  /** USD for one task and hour; undefined where the template does not give the size. */
  readonly taskHourUsd: number | undefined;
  readonly seconds: number;
}

/** A plan for `scenario` on the service that `model` describes. */
export function planOf(
  model: RehearsalModel,
  application: Application,
  objectives: RehearsalObjectives,
  scenario: Scenario,
  parameters: Parameters = DEFAULT_PARAMETERS,
): RehearsalPlan {
  return {
    traffic: scenario.traffic,
    burstiness: scenario.burstiness,
    faults: scenario.faults,
    service: application.service,
    targetGroup: model.targetGroup,
    deployment: model.deployment,
    scaling: model.scaling,
    ...(application.database && { database: application.database }),
    ...(application.cache && { cache: application.cache }),
    parameters,
    forecastModel: application.forecastModel,
    startEpochSeconds: application.startEpochSeconds,
    slowMs: objectives.latencyP95Ms,
  };
}

/** Plays every scenario with every seed and judges it. */
export async function rehearse(
  given: Pick<RehearsalReport, 'title' | 'model' | 'objectives' | 'application' | 'taskHourUsd'>,
  scenarios: readonly Scenario[],
  players: Players,
  seeds: readonly number[],
  progress: (text: string) => void,
): Promise<RehearsalReport> {
  const { model, application, objectives } = given;
  const start = performance.now();
  const rehearsals: Rehearsal[] = [];
  for (const scenario of scenarios) {
    progress(scenario.name);
    const plan = planOf(model, application, objectives, scenario);
    const outcomes = await players.play(plan, seeds);
    const { peakRps } = shapeOf(trafficOf(plan.traffic));
    const verdict = verdictOf(outcomes, objectives, plan.faults);
    const cause = causeOf(worstOf(outcomes), application.taskCapacityRps, model.scaling.maxCapacity);
    rehearsals.push({ scenario, plan, peakRps, verdict, shown: middleOf(outcomes), cause });
  }
  const lint = lintPolicies(model, {
    service: application.service,
    taskCapacityRps: application.taskCapacityRps,
    peakRps: Math.max(0, ...rehearsals.map(({ peakRps }) => peakRps)),
    spikeFactor: objectives.spikeFactor,
  });
  return { ...given, rehearsals, lint, seconds: (performance.now() - start) / 1000 };
}

function worstOf(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((worst, one) => (one.worstWindow.p95Ms > worst.worstWindow.p95Ms ? one : worst));
}

function middleOf(outcomes: readonly Outcome[]): Outcome {
  const sorted = [...outcomes].sort((a, b) => a.badMinutes - b.badMinutes || a.p95Ms - b.p95Ms);
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) throw new RangeError('a rehearsal needs at least one seed');
  return middle;
}
