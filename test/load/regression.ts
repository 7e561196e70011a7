import { Random } from '../../analysis/rehearsal/queueing/random';
import type { LoadResult } from './load-result';

/** A latency against that of an earlier run of the same profile. */
export interface Change {
  readonly quantile: (typeof QUANTILES)[number];
  /** How much faster it became, in percent of the earlier run; negative when slower. */
  readonly improvementPercent: number;
  /** The 90 % interval of it. */
  readonly lowPercent: number;
  readonly highPercent: number;
  readonly verdict: 'better' | 'worse' | 'same';
}

/** The two runs cannot be compared; the message says why. */
export class NotComparableError extends Error {
  public override readonly name = 'NotComparableError';
}

const QUANTILES = ['p50', 'p95', 'p99'] as const;
const MIN_SECONDS = 30;
/** A change within this is one that nobody would act on. */
const TOLERANCE = 0.05;
const RESAMPLES = 1_000;

/**
 * Compares each second with the same second of the earlier run, which had the same load, and says how sure that is: the
 * median of the ratios with its interval from a moving-block bootstrap (Künsch 1989), because seconds that follow each
 * other are alike. A change counts when the whole interval is beyond 5 %.
 *
 * @throws NotComparableError when profile or seed differ, or when fewer than 30 seconds can be compared
 */
export function changesSince(before: LoadResult, after: LoadResult): readonly Change[] {
  for (const field of ['profile', 'seed', 'format'] as const) {
    if (before[field] !== after[field]) {
      throw new NotComparableError(
        `the earlier run has ${field} ${before[field]}, this one ${after[field]}: compare equal load`,
      );
    }
  }
  return QUANTILES.map((quantile) => changeOf(quantile, logRatios(quantile, before, after)));
}

function logRatios(quantile: Change['quantile'], before: LoadResult, after: LoadResult): number[] {
  const earlier = new Map(before.perSecond.map((second) => [second.second, second[quantile]]));
  const ratios = after.perSecond.flatMap((second) => {
    const [was, is] = [earlier.get(second.second), second[quantile]];
    return was && is ? [Math.log(is / was)] : [];
  });
  if (ratios.length >= MIN_SECONDS) return ratios;
  throw new NotComparableError(`only ${ratios.length} seconds have answers in both runs; ${MIN_SECONDS} are needed`);
}

function changeOf(quantile: Change['quantile'], logs: readonly number[]): Change {
  const random = new Random(1);
  const medians = Array.from({ length: RESAMPLES }, () => median(resample(logs, random))).sort((a, b) => a - b);
  const at = (share: number) => medians[Math.round(share * (RESAMPLES - 1))] ?? Number.NaN;
  const percent = (log: number) => 100 * (1 - Math.exp(log));
  const [low, high] = [at(0.05), at(0.95)];
  const limit = Math.log(1 + TOLERANCE);
  return {
    quantile,
    improvementPercent: percent(median(logs)),
    lowPercent: percent(high),
    highPercent: percent(low),
    verdict: low > limit ? 'worse' : high < -limit ? 'better' : 'same',
  };
}

/** As many values as there are, in runs that follow each other in the original. */
function resample(values: readonly number[], random: Random): number[] {
  const block = Math.max(2, Math.round(values.length ** (1 / 3)));
  const drawn: number[] = [];
  while (drawn.length < values.length) {
    const from = random.below(values.length - block + 1);
    drawn.push(...values.slice(from, from + block));
  }
  return drawn.slice(0, values.length);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
