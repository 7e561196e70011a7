import type { CostDiff } from '../../analysis/cost';
import { UsageError } from '../shared/errors';

/** A bound on what a change may cost: USD per month, or a share of the bill before it. */
export type Threshold = { readonly usd: number } | { readonly percent: number };

/**
 * `50` or `50USD` is USD per month, `5%` a share.
 *
 * @throws UsageError when it is neither
 */
export function thresholdOf(text: string): Threshold {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(%|usd)?$/iu.exec(text.trim()) ?? [];
  if (amount === undefined) {
    throw new UsageError(`--fail-above must be USD per month such as 50, or a share such as 5%, got '${text}'`);
  }
  return unit === '%' ? { percent: Number(amount) } : { usd: Number(amount) };
}

/** Why `diff` breaks the threshold, or `undefined` when it holds. What has no price cannot be said to hold. */
export function breaks(threshold: Threshold, { total, before, newlyUnpriced }: CostDiff): string | undefined {
  const [least] = newlyUnpriced;
  if (least !== undefined) return `${newlyUnpriced.length} resources of the change have no price, such as ${least}`;
  const limit = 'usd' in threshold ? threshold.usd : (before.total.expected * threshold.percent) / 100;
  if (total.expected <= limit) return undefined;
  const stated = 'usd' in threshold ? `${threshold.usd} USD` : `${threshold.percent} % (${limit.toFixed(2)} USD)`;
  return `the change costs ${total.expected.toFixed(2)} USD per month, more than ${stated}`;
}
