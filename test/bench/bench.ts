/** One measured figure beside its physical limit or peer, both from the same run. */
export interface BenchRow {
  /** What was measured, for a reader who has not seen the code. */
  readonly name: string;
  /** Median of the runs, unless the name says which of them. */
  readonly figure: number;
  /** The limit or the peer, measured in the same run. */
  readonly reference: { readonly name: string; readonly figure: number };
  /** Unit of both figures, such as `requests/s` or `ms`. */
  readonly unit: string;
  /** Bound on `figure / reference.figure` that the project set itself. */
  readonly goal?: { readonly atLeast: number } | { readonly atMost: number };
  /** How many runs the medians are of. */
  readonly runs: number;
}

/** A benchmark: `npm run bench -- <name>` runs it alone. */
export interface Benchmark {
  readonly name: string;
  readonly description: string;
  run(progress: (message: string) => void): Promise<readonly BenchRow[]>;
}

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
