import type { Range } from '../quantity';

/** One thing that would make the bill smaller, with what it takes and what it risks. */
export interface Saving {
  /** Stable id: `aurora-reserved`. */
  readonly id: string;
  /** `Reserve the three instances of the cluster for a year`. */
  readonly title: string;
  /** USD per month. */
  readonly usd: Range;
  /** When it begins to pay: `from 209 GB per month and zone`. */
  readonly breakEven: string;
  readonly risk: string;
  /** Resources that it is about. */
  readonly resources: readonly string[];
  /** What to change, and where. */
  readonly change: string;
  /** Names what the saving is taken from; of two savings on the same thing only the larger one is recommended. */
  readonly claims: readonly string[];
}
