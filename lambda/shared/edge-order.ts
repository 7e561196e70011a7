import type { EdgeTally } from './ask-edge';

/** What the warmer hands to the function in another region (lambda/edge-warmer): requests that are paid for. */
export interface EdgeOrder {
  /** Where viewers come in, such as `https://www.example.com`. */
  readonly origin: string;
  /** Paths with their queries, the most wanted first: one request each, and no more. */
  readonly paths: readonly string[];
  /** How long requests may begin, in milliseconds. */
  readonly withinMs: number;
}

/** What it gets back. */
export interface EdgeReport extends EdgeTally {
  /** What the call is billed by, as far as it knows. */
  readonly gigabyteSeconds: number;
}
