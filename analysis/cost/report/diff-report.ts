import type { CostDiff } from '../diff';
import { money, signedMoney, spread } from './format';

export const DIFF_HEAD = ['line', 'change', 'USD', 'why'];

/** `+244.37 USD per month: 1,440.77 → 1,685.14`. */
export function diffHeadline({ total, before, after, newlyUnpriced }: CostDiff): string {
  const unknown = newlyUnpriced.length > 0 ? `, and ${newlyUnpriced.length} resources without a price` : '';
  const figures = `${money(before.total.expected)} → ${money(after.total.expected)}`;
  return `${signedMoney(total.expected)} USD per month (${spread(total)}): ${figures}${unknown}`;
}

/** What a change does to the cost of a request. */
export function diffRemarks({ improvementPercent }: CostDiff): readonly string[] {
  if (improvementPercent === undefined) return [];
  const change = improvementPercent < 0 ? 'more' : 'less';
  return [`a million requests cost ${Math.abs(improvementPercent).toFixed(2)} % ${change}`];
}

/** One row per changed line, the largest change first. */
export function diffRows({ changes }: CostDiff): readonly (readonly string[])[] {
  return changes.map(({ id, change, usd, why }) => [
    id,
    change,
    usd === null ? 'unknown' : signedMoney(usd.expected),
    why,
  ]);
}
