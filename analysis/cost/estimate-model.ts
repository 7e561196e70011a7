import type { Component } from './prices/price-book';
import type { Quantity, Range } from './quantity';

/** One thing that one resource is billed for. */
export interface Line {
  /** `<stack>/<logical id> <meter>` and a label, without the stage: the same thing has the same id in two environments. */
  readonly id: string;
  readonly address: string;
  readonly type: string;
  readonly region: string;
  readonly meter: string;
  readonly label: string | undefined;
  readonly component: Component | undefined;
  /** Unit of the quantity. */
  readonly unit: string;
  readonly quantity: Quantity;
  /** USD per month; `null` when the price is not known. Never zero for want of knowledge. */
  readonly usd: Range | null;
  /** What one unit costs on average after tiers and discounts, for the expected quantity. */
  readonly unitUsd: number | null;
  /** Date and confidence of the price. */
  readonly priceAsOf: string | null;
  readonly priceConfidence: string;
}

export type Status = 'priced' | 'free' | 'unpriced';

/** One resource with exactly one status. */
export interface ResourceCost {
  readonly address: string;
  readonly path: string | undefined;
  readonly type: string;
  readonly stack: string;
  readonly status: Status;
  /** Why it is free or unpriced. */
  readonly reason: string | undefined;
  readonly lines: readonly Line[];
  /** Sum of its priced lines. */
  readonly usd: Range;
}

/** What an assembly costs in a month. */
export interface Estimate {
  readonly source: string;
  readonly usage: string;
  /** Requests per month that it is for. */
  readonly requests: number;
  readonly hours: number;
  readonly resources: readonly ResourceCost[];
  readonly lines: readonly Line[];
  /** Sum of all priced lines. A lower bound as long as something is unpriced. */
  readonly total: Range;
  readonly components: Readonly<Record<Component, Range>>;
  readonly counts: Readonly<Record<Status, number>>;
  /** Meters whose price was read long ago, or at no known date. */
  readonly stalePrices: readonly string[];
}
