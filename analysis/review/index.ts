/**
 * What a change does to data, security, capacity, objectives and cost, before it is deployed.
 *
 * ```ts
 * const change = environmentChange('Production', base.stage('Production'), head.stage('Production'));
 * const review = reviewOf({ base: 'main', head: 'the working tree', remarks: [] }, [change]);
 * writeFileSync('review.html', reviewHtml(pageOf(review)));
 * ```
 */
export { type EnvironmentChange, environmentChange } from './environment-change';
export type { RehearsalPair } from './rehearsal-pair';
export { reviewHtml } from './report/html';
export { reviewMarkdown } from './report/markdown';
export { type Finding, type Page, type PageSection, pageOf } from './report/page';
export { type Review, reviewOf, severityCounts } from './review';
export { RULES } from './rules';
