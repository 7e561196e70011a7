import { writeFileSync } from 'node:fs';
import { type CostDiff, diffEstimates, diffMarkdown, type EstimateOptions, estimate } from '../../analysis/cost';
import type { Assembly } from '../../analysis/template';
import { assemblyAt } from '../shared/assembly-at';
import { CheckFailedError } from '../shared/errors';
import { printDiff } from './print-estimate';
import { breaks, type Threshold } from './threshold';
import { titleOf } from './title';

export interface CompareOptions {
  readonly environment?: string;
  readonly base?: string;
  readonly baseEnvironment?: string;
  readonly region?: string;
  readonly json: boolean;
  readonly markdown?: string;
}

interface Comparison {
  readonly title: string;
  readonly diff: CostDiff;
}

/**
 * Prints what `whole` costs more or less than its base.
 *
 * @throws CheckFailedError when a comparison breaks `threshold`
 */
export function compareCosts(
  whole: Assembly,
  options: CompareOptions,
  settings: EstimateOptions,
  threshold: Threshold | undefined,
): void {
  const comparisons = comparisonsOf(whole, options, settings);
  process.stdout.write(`${options.json ? asJson(comparisons) : asText(comparisons)}\n`);
  if (options.markdown !== undefined) {
    writeFileSync(
      options.markdown,
      `${comparisons.map(({ title, diff }) => diffMarkdown(title, diff)).join('\n\n')}\n`,
    );
  }
  const broken = comparisons.flatMap(({ title, diff }) => {
    const why = threshold === undefined ? undefined : breaks(threshold, diff);
    return why === undefined ? [] : [`${title}: ${why}`];
  });
  if (broken.length > 0) throw new CheckFailedError(`--fail-above: ${broken.join('; ')}`);
}

function comparisonsOf(whole: Assembly, options: CompareOptions, settings: EstimateOptions): readonly Comparison[] {
  const { base, baseEnvironment, environment, region } = options;
  const other = base === undefined ? whole : assemblyAt(base, '--base', region === undefined ? {} : { region });
  const names = environment === undefined ? whole.stages : [environment];
  if (names.length === 0) return [comparison(titleOf(whole), other, whole, settings)];
  return names.map((name) => {
    const after = whole.stage(name);
    return comparison(titleOf(after), other.stage(baseEnvironment ?? name), after, settings);
  });
}

function comparison(title: string, before: Assembly, after: Assembly, settings: EstimateOptions): Comparison {
  return { title, diff: diffEstimates(estimate(before, settings), estimate(after, settings)) };
}

function asText(comparisons: readonly Comparison[]): string {
  return comparisons.map(({ title, diff }) => printDiff(title, diff)).join('\n\n');
}

function asJson(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(
    ({ title, diff: { total, components, changes, improvementPercent, newlyUnpriced } }) => ({
      title,
      total,
      performance_optimization_improvement_percent: improvementPercent ?? null,
      components,
      changes,
      newlyUnpriced,
    }),
  );
  return JSON.stringify(rows, null, 2);
}
