/** What query insights looks for; each is the label of one metric. */
export const FINDING_KINDS = [
  'slow_query',
  'regressed_query',
  'n_plus_one',
  'missing_index',
  'unused_index',
  'bloat',
  'long_transaction',
  'missing_partition',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

/** One thing that someone should look at. There is no value of any row in it. */
export interface Finding {
  readonly kind: FindingKind;
  /** What it is about: a statement's id, an index, a table, a server's process. The same from run to run. */
  readonly subject: string;
  readonly summary: string;
  /** Figures that show it. */
  readonly evidence: Readonly<Record<string, number | string>>;
  /** What to do about it. */
  readonly remedy: string;
}

/** What counts as a finding. */
export interface InsightsSettings {
  /** A statement may take this long, in milliseconds. */
  readonly slowMs: number;
  /** A transaction may last this long, in seconds. */
  readonly longTransactionSeconds: number;
  /** An index that nothing used for this many days is one too many. */
  readonly unusedIndexDays: number;
  /** How many months after the current one must have a partition. */
  readonly partitionMonthsAhead: number;
}
