import type { Tier } from './price-book';

/** What `quantity` units cost when each step applies to the units within it. */
export function costOf(quantity: number, tiers: readonly Tier[]): number {
  let cost = 0;
  let from = 0;
  for (const { upTo = Number.POSITIVE_INFINITY, usd } of tiers) {
    if (quantity <= from) break;
    cost += (Math.min(quantity, upTo) - from) * usd;
    from = upTo;
  }
  return cost;
}
