import type { Estimate, Line } from './estimate-model';
import { COMPONENTS, type Component } from './prices/price-book';
import { type Range, sumRanges } from './quantity';

/** Why a line costs something else. */
export type Change = 'added' | 'removed' | 'quantity' | 'price';

export interface LineChange {
  readonly id: string;
  readonly change: Change;
  readonly component: Component | undefined;
  readonly before: Line | undefined;
  readonly after: Line | undefined;
  /** USD per month; `null` when one side has no price. */
  readonly usd: Range | null;
  /** For a person: `1460 → 2920 vCPU-hour`. */
  readonly why: string;
}

/** What changes between two estimates that were made with the same usage and the same prices. */
export interface CostDiff {
  readonly before: Estimate;
  readonly after: Estimate;
  /** Changed lines, the largest first. */
  readonly changes: readonly LineChange[];
  readonly total: Range;
  readonly components: Readonly<Record<Component, number>>;
  /**
   * By how many percent a million requests cost less than before: negative when they cost more, `undefined` when either
   * side has no requests or costs nothing.
   */
  readonly improvementPercent: number | undefined;
  /** Resources that have no price now and had one, or were not there. */
  readonly newlyUnpriced: readonly string[];
}

/** Compares line by line; a resource is never priced out of its template. */
export function diffEstimates(before: Estimate, after: Estimate): CostDiff {
  const left = new Map(before.lines.map((line) => [line.id, line]));
  const right = new Map(after.lines.map((line) => [line.id, line]));
  const ids = [...new Set([...left.keys(), ...right.keys()])];
  const changes = ids.flatMap((id) => changeOf(id, left.get(id), right.get(id)) ?? []);
  const known = new Set(before.resources.filter(({ status }) => status === 'unpriced').map(({ address }) => address));
  return {
    before,
    after,
    changes: changes.sort((a, b) => Math.abs(b.usd?.expected ?? 0) - Math.abs(a.usd?.expected ?? 0)),
    total: subtract(after.total, before.total),
    components: Object.fromEntries(
      COMPONENTS.map((name) => [name, after.components[name].expected - before.components[name].expected]),
    ) as Record<Component, number>,
    improvementPercent: improvementOf(perMillion(before), perMillion(after)),
    newlyUnpriced: after.resources.flatMap(({ status, address, reason }) =>
      status === 'unpriced' && !known.has(address) ? [`${address}: ${reason}`] : [],
    ),
  };
}

function perMillion({ total, requests }: Estimate): number | undefined {
  return requests > 0 && total.expected > 0 ? (total.expected / requests) * 1e6 : undefined;
}

function improvementOf(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : (1 - after / before) * 100;
}

function changeOf(id: string, before: Line | undefined, after: Line | undefined): LineChange | undefined {
  const line = after ?? before;
  if (line === undefined || isSame(before, after)) return undefined;
  const change = kindOf(before, after);
  const missing = before?.usd === null || after?.usd === null;
  return {
    id,
    change,
    component: line.component,
    before,
    after,
    usd: missing
      ? null
      : subtract(sumRanges(after?.usd ? [after.usd] : []), sumRanges(before?.usd ? [before.usd] : [])),
    why: explain(change, before, after),
  };
}

function isSame(before: Line | undefined, after: Line | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const amounts = [before, after].map(({ usd, quantity: { low, expected, high } }) =>
    JSON.stringify([usd, low, expected, high]),
  );
  return amounts[0] === amounts[1];
}

function kindOf(before: Line | undefined, after: Line | undefined): Change {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  return before.quantity.expected === after.quantity.expected ? 'price' : 'quantity';
}

function explain(change: Change, before: Line | undefined, after: Line | undefined): string {
  if (change === 'added') return after?.quantity.why ?? '';
  if (change === 'removed') return before?.quantity.why ?? '';
  if (change === 'price') {
    return `price per ${after?.unit}: ${before?.unitUsd ?? 'unknown'} → ${after?.unitUsd ?? 'unknown'}`;
  }
  const round = (line: Line | undefined): string => String(Number((line?.quantity.expected ?? 0).toPrecision(6)));
  return `${round(before)} → ${round(after)} ${after?.unit} (${after?.quantity.why})`;
}

function subtract(a: Range, b: Range): Range {
  // Low against low: both sides rest on the same usage, so their spreads move together.
  return { low: a.low - b.low, expected: a.expected - b.expected, high: a.high - b.high };
}
