import type { Random } from '../../analysis/rehearsal/queueing/random';

/** A stretch of time whose mean rate moves in a straight line, or stays. */
export interface Stage {
  readonly seconds: number;
  /** Mean arrivals per second at the beginning. */
  readonly from: number;
  /** Mean arrivals per second at the end. */
  readonly to: number;
}

/**
 * Times of arrival in seconds from the start, as a Poisson process: visitors know nothing of each other and do not wait
 * for an answer to somebody else. By thinning (Lewis and Shedler 1979): drawn at the stage's highest rate, kept with
 * the share that the rate of the moment has of it.
 */
export function* arrivals(stages: readonly Stage[], random: Random): Generator<number> {
  let start = 0;
  for (const { seconds, from, to } of stages) {
    const highest = Math.max(from, to);
    let at = highest > 0 ? random.exponential() / highest : seconds;
    while (at < seconds) {
      if (random.uniform() * highest <= from + ((to - from) * at) / seconds) yield start + at;
      at += random.exponential() / highest;
    }
    start += seconds;
  }
}
