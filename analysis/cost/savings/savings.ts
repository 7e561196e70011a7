import type { Assembly } from '../../template';
import { type EstimateOptions, estimate } from '../estimate';
import { PRICE_BOOK } from '../prices/price-book';
import { sumRanges } from '../quantity';
import { computeSavingsPlan, graviton, spotShare } from './compute-savings';
import { cacheSavings, databaseCommitment, idleReaders, ioOptimized, serverlessFloor } from './data-savings';
import { longRetention } from './log-savings';
import { fewerNatGateways, unneededEndpoints } from './network-savings';
import { rightSizing } from './right-sizing';
import type { Saving } from './saving';
import { Scene } from './scene';
import type { Utilisation } from './utilisation';

/** Savings below this are noise. */
const LEAST_USD = 0.01;

/** What is known from measurements; without it the savings that need it say nothing. */
export interface Evidence {
  /** Mean CPU of the readers, 0 to 1. @default - not known */
  readonly readerUtilisation?: number;
  /** Hit ratio of the cache, 0 to 1. @default - not known */
  readonly cacheHitRatio?: number;
  /** Load of the tasks by address, construct path, logical id or type of the service. @default - not known */
  readonly utilisation?: Utilisation;
}

/**
 * What would make the bill smaller, the largest first. Two savings never claim the same thing: of those that do, only the
 * largest is recommended, so that the amounts may be added up.
 */
export function savingsOf(
  assembly: Assembly,
  options: EstimateOptions = {},
  evidence: Evidence = {},
): readonly Saving[] {
  const scene = new Scene(
    assembly,
    estimate(assembly, options),
    estimate(assembly, { ...options, scale: 0 }),
    options.prices ?? PRICE_BOOK,
  );
  const found = [
    ...computeSavingsPlan(scene),
    ...spotShare(scene),
    ...rightSizing(scene, evidence.utilisation),
    ...graviton(scene),
    ...databaseCommitment(scene),
    ...ioOptimized(scene),
    ...serverlessFloor(scene),
    ...idleReaders(scene, evidence.readerUtilisation),
    ...cacheSavings(scene, evidence.cacheHitRatio),
    ...fewerNatGateways(scene),
    ...unneededEndpoints(scene),
    ...longRetention(scene),
  ];
  return mergeAlike(
    withoutContradictions(found.filter(({ usd }) => Number.isFinite(usd.expected) && usd.expected >= LEAST_USD)),
  );
}

/** Takes the largest first and leaves out what would save again on something already claimed. */
export function withoutContradictions(found: readonly Saving[]): readonly Saving[] {
  const claimed = new Set<string>();
  return [...found]
    .sort((a, b) => b.usd.expected - a.usd.expected)
    .filter(({ claims }) => {
      if (claims.some((claim) => claimed.has(claim))) return false;
      for (const claim of claims) claimed.add(claim);
      return true;
    });
}

/** The same saving on several resources as one row. */
function mergeAlike(savings: readonly Saving[]): readonly Saving[] {
  const merged = new Map<string, Saving>();
  for (const saving of savings) {
    const known = merged.get(saving.id);
    const sum = known && {
      ...known,
      usd: sumRanges([known.usd, saving.usd]),
      resources: [...known.resources, ...saving.resources],
      claims: [...known.claims, ...saving.claims],
    };
    merged.set(saving.id, sum ?? saving);
  }
  return [...merged.values()].sort((a, b) => b.usd.expected - a.usd.expected);
}
