/**
 * What an assembly costs, offline.
 *
 * ```ts
 * const production = loadAssembly('cdk.out').stage('Production');
 * const cost = estimate(production, { usage: readUsage('usage.yaml') });
 * cost.total.expected; // USD per month
 * diffEstimates(estimate(base), cost).total; // what a change costs
 * ```
 */
export { type Measured, measureUsage } from './cloudwatch/measured-usage';
export { CostInputError } from './cost-input-error';
export { type CostDiff, diffEstimates } from './diff';
export { type EstimateOptions, estimate, HOURS_PER_MONTH } from './estimate';
export type { Estimate } from './estimate-model';
export { perRequest } from './per-request';
export { COMPONENTS, PRICE_BOOK } from './prices/price-book';
export { DIFF_HEAD, diffHeadline, diffRemarks, diffRows } from './report/diff-report';
export {
  COMPONENT_HEAD,
  componentRows,
  type EstimateReport,
  headline,
  LINE_HEAD,
  lineRows,
  remarks,
  unpricedRows,
} from './report/estimate-report';
export { money, signedMoney } from './report/format';
export { estimateHtml } from './report/html';
export { diffMarkdown, estimateMarkdown } from './report/markdown';
export { SAVING_HEAD, savingRows } from './report/saving-report';
export type { Saving } from './savings/saving';
export { type Evidence, savingsOf } from './savings/savings';
export { readUtilisation, type Utilisation } from './savings/utilisation';
export { readRehearsal, usageOfRehearsal, withRehearsal } from './usage/rehearsal';
export { NO_USAGE, readUsage, type Usage, usageFrom } from './usage/usage';
