/** A figure with its spread. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** Where a given figure comes from: a usage file, or a rehearsal of the scaling policies. */
export type GivenOrigin = 'usage' | 'rehearsal';

/** Where a quantity comes from: written in the template, given as usage, rehearsed, or assumed. */
export type Origin = 'template' | GivenOrigin | 'assumption';

/** From the least to the most certain. */
const BY_CERTAINTY: readonly Origin[] = ['assumption', 'rehearsal', 'usage', 'template'];

/** How much of something in a month, and how that is known. */
export interface Quantity extends Range {
  readonly origin: Origin;
  /** For a person: `2 tasks of 1 vCPU, 730 h`. */
  readonly why: string;
}

/** The three figures of a range, in the order low, expected, high. */
export const BOUNDS = ['low', 'expected', 'high'] as const;

/** A quantity that the template states. */
export function exactly(amount: number, why: string): Quantity {
  return { low: amount, expected: amount, high: amount, origin: 'template', why };
}

/** `change` applied to each of the three figures. `why` replaces the explanation when given. */
export function mapQuantity(quantity: Quantity, change: (amount: number) => number, why = quantity.why): Quantity {
  return { ...mapRange(quantity, change), origin: quantity.origin, why };
}

export function mapRange(range: Range, change: (amount: number) => number): Range {
  return { low: change(range.low), expected: change(range.expected), high: change(range.high) };
}

/** `quantity` taken `factor` times. */
export function times(quantity: Quantity, factor: number, why?: string): Quantity {
  return mapQuantity(quantity, (amount) => amount * factor, why);
}

/** The sum of `ranges`, figure by figure. */
export function sumRanges(ranges: readonly Range[]): Range {
  return ranges.reduce<Range>(
    (sum, range) => ({
      low: sum.low + range.low,
      expected: sum.expected + range.expected,
      high: sum.high + range.high,
    }),
    { low: 0, expected: 0, high: 0 },
  );
}

/** The least certain of several origins. */
export function weakest(...origins: readonly Origin[]): Origin {
  return BY_CERTAINTY.find((origin) => origins.includes(origin)) ?? 'template';
}
