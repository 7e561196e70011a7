/**
 * Plays traffic through the scaling policies of a cloud assembly, before it is deployed.
 *
 * ```ts
 * const [model] = readServices(loadAssembly('cdk.out').stage('Production'), 100);
 * const report = await rehearse({ title, model, objectives, application, taskHourUsd }, scenarios(objectives), players, seeds, log);
 * report.rehearsals[0].verdict.holds;
 * ```
 */
export { CalibrationError, serviceFromLoadTest, serviceOfCapacity } from './calibration';
export {
  DEFAULT_FUNCTION_PARAMETERS,
  functionAlternatives,
} from './functions/function-parameters';
export { type FunctionModel, readFunctions } from './functions/read-functions';
export {
  FUNCTION_HEAD,
  type FunctionRehearsal,
  functionRows,
  rehearseFunction,
} from './functions/rehearse-function';
export type { FunctionInput } from './functions/simulate-function';
export {
  ObjectivesError,
  objectivesIn,
  type RehearsalObjectives,
  readObjectives,
} from './objectives';
export { playSeeds, type RehearsalPlan, seedsUpTo } from './play/plan';
export { Players } from './play/players';
export { type Scenario, scenarios } from './play/scenarios';
export type { TrafficSpec } from './play/traffic-spec';
export { PEERS } from './policies/peers';
export { Distribution } from './queueing/distribution';
export { StackDistances, warmUpCurve } from './queueing/stack-distance';
export { type Application, planOf, type RehearsalReport, rehearse } from './rehearse';
export { rehearsalHtml } from './report/html';
export { comparisonMarkdown, markdownTable, rehearsalMarkdown } from './report/markdown';
export { escaped } from './report/page-parts';
export * from './report/tables';
export { FORECAST_MODELS, type ForecastModel } from './scaling/policy-definition';
export { ScheduleError } from './scaling/schedule-expression';
export type { Outcome, OutcomeTotals } from './simulation/outcome';
export { DEFAULT_PARAMETERS } from './simulation/parameters';
export { type RehearsalModel, readServices } from './template/read-service';
export { TemplateError } from './template/template-error';
export { isKeyTrace, readKeyTrace } from './traffic/key-trace';
export { readTrace, TraceError } from './traffic/trace';
export {
  type Comparison,
  type ComparisonCell,
  type ComparisonRow,
  type Contender,
  compare,
  type Play,
  summarizeComparison,
} from './verdict/compare';
export { growthPlan, type Limits, usableShareOf } from './verdict/growth-plan';
export { type SensitivityRow, sensitivityOf } from './verdict/sensitivity';
export { tuningContenders } from './verdict/tune';
export { milliseconds, percent } from './verdict/verdict';
