/** Dimensions of one series. Names are fixed per metric; values come from a small, known set (never a key or a user). */
export type Labels = Readonly<Record<string, string>>;

/**
 * What the runtime reports about itself. Names end in their unit (`_total`, `_seconds`, `_bytes`, `_percent`), so
 * that one name is enough to know what a figure means. Calls are cheap, synchronous and never throw.
 */
export interface Metrics {
  /** Adds `by` to a counter that only grows. `by` is 1 when left out. */
  count(name: string, labels: Labels, by?: number): void;
  /** Says what a quantity is now; the last value before a flush is the one that counts. */
  gauge(name: string, labels: Labels, value: number): void;
  /** Adds one value to a distribution, of which percentiles are reported. */
  observe(name: string, labels: Labels, value: number): void;
}

/** Metrics that go nowhere: the default of everything that takes {@link Metrics}. */
export const noMetrics: Metrics = { count() {}, gauge() {}, observe() {} };
