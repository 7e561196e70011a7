import { setTimeout as sleep } from 'node:timers/promises';
import { type CoherenceRig, oneOf, type ReadablePlace } from './coherence-rig';
import type { Change, StalenessOracle } from './staleness-oracle';

export interface FollowOptions {
  /** How long a place that still shows the old value is left alone, by the age of the change; in milliseconds. */
  readonly probeEveryMillis: (age: number) => number;
  /** How long a change is followed; what a place still shows then is stale for good. */
  readonly giveUpMillis: number;
}

interface Following extends FollowOptions {
  readonly rig: CoherenceRig;
  readonly oracle: StalenessOracle;
}

/** Longer than any answer is on its way: whatever arrives late has arrived then. */
const QUIET_MILLIS = 1_000;

/** Reads once, and tells the oracle. */
export async function readAt(place: ReadablePlace, item: number, oracle: StalenessOracle): Promise<void> {
  const beganAt = performance.now();
  const version = await place.read(item);
  oracle.saw({ place, item, version, beganAt });
}

/**
 * Reads what was changed at every place until all show it, and go on showing it when nothing is on its way any more.
 *
 * @returns whether they did in time
 */
export async function followChange(change: Change, following: Following): Promise<boolean> {
  const { rig, oracle, giveUpMillis } = following;
  const places = [...rig.instances, ...rig.edges];
  const shownAt = (these: readonly ReadablePlace[]): boolean =>
    these.every((place) => oracle.shownAfter(change, place) !== undefined);
  // One edge asks for the old value as long as there is one to ask for, so that some is on its way when the last is gone.
  const cold = Math.random() < 0.5 ? oneOf(rig.edges) : undefined;
  const beforeEach = (place: ReadablePlace): void => {
    if (place === cold && !shownAt(rig.instances)) cold.evict(change.item);
  };
  while (!shownAt(places)) {
    if (ageOf(change) > giveUpMillis) return false;
    await Promise.all(places.map((place) => probe(change, place, { ...following, beforeEach })));
    await sleep(QUIET_MILLIS);
    await Promise.all(places.map((place) => readAt(place, change.item, oracle)));
  }
  return true;
}

const ageOf = ({ acknowledgedAt }: Change): number => performance.now() - acknowledgedAt;

/** Reads at one place until it shows the change, or the time is up. */
async function probe(
  change: Change,
  place: ReadablePlace,
  following: Following & { readonly beforeEach: (place: ReadablePlace) => void },
): Promise<void> {
  const { oracle, beforeEach, probeEveryMillis, giveUpMillis } = following;
  for (;;) {
    beforeEach(place);
    await readAt(place, change.item, oracle);
    if (oracle.shownAfter(change, place) !== undefined || ageOf(change) > giveUpMillis) return;
    await sleep(probeEveryMillis(ageOf(change)));
  }
}
