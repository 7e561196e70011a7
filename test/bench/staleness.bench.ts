import { newEvent } from '../../runtime/events';
import { type CoherenceRig, startCoherenceRig } from '../lambda/cache-invalidator/coherence-rig';
import { deployed } from '../lambda/cache-invalidator/deployed';
import { type MadeChange, playTraffic, type TrafficResult } from '../lambda/cache-invalidator/random-traffic';
import type { Place } from '../lambda/cache-invalidator/staleness-oracle';
import { eventually } from '../runtime/support/eventually';
import { type Benchmark, type BenchRow, median } from './bench';

const OPERATIONS = 10_000;
const ITEMS = 400;
/** More items, for the changes that come before what is measured: programs are slower while they are young. */
const SPARE_ITEMS = 60;
const MINUTE_MS = 60_000;

/** Everything as it is deployed but the window, which is the shortest; answers are on their way for half of the settling. */
const RIG = {
  items: ITEMS + SPARE_ITEMS,
  windowMillis: 100,
  transitMillis: 100,
  visibilitySeconds: deployed.visibilitySeconds,
  scheduleMillis: MINUTE_MS,
};

/** How long old values are answered after their commit, over random traffic with an invalidator that keeps dying. */
export const stalenessBenchmark: Benchmark = {
  name: 'staleness',
  description:
    'how long an old value is answered after a commit: three processes, two edges, an invalidator that is killed',
  run: async (progress) => [...(await randomTraffic(progress)), ...(await manyAtOnce(progress))],
};

async function onRig<T>(rig: CoherenceRig, work: (rig: CoherenceRig) => Promise<T>): Promise<T> {
  try {
    return await work(rig);
  } finally {
    await rig.stop();
  }
}

async function randomTraffic(progress: (message: string) => void): Promise<BenchRow[]> {
  return onRig(await startCoherenceRig(RIG), async (rig) => {
    progress('warming up');
    await warmUp(rig);
    const traffic = await playTraffic(rig, {
      operations: OPERATIONS,
      operationsPerSecond: 100,
      writeShare: 0.08,
      items: ITEMS,
      changesAtOnce: 60,
      changesPerKill: 50,
      probeEveryMillis: (age) => 10 + age / 50,
      giveUpMillis: 5 * MINUTE_MS,
      onProgress: (done) => done % 1_000 === 0 && progress(`${done} of ${OPERATIONS} operations`),
    });
    const { changes, reads, lost } = traffic;
    progress(
      `${changes.length} writes, ${reads} reads, ${rig.unfinished.crashes.length} executions killed, ${lost.length} lost`,
    );
    return stalenessRows(rig, traffic);
  });
}

/** Reads everything everywhere, and changes the spare items, until nothing of it is under way. */
async function warmUp(rig: CoherenceRig): Promise<void> {
  const places = [...rig.instances, ...rig.edges];
  for (let item = 1; item <= ITEMS + SPARE_ITEMS; item++) {
    await Promise.all(places.map((place) => place.read(item)));
    if (item > ITEMS) await rig.write(item % 2 === 0 ? 'process' : 'cut off', item, 1);
  }
  await eventually(() => nothingWaits(rig));
}

/** Whether every event was told everywhere. */
async function nothingWaits({ queue, tier }: CoherenceRig): Promise<boolean> {
  if (queue.queue.size > 0) return false;
  const [row] = await tier.primary.query<{ waiting: boolean }>(`
    SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL) OR EXISTS (SELECT FROM cdn_purges)
        OR EXISTS (SELECT FROM cdn_purge_batches WHERE sent_at IS NULL) AS waiting`);
  return row?.waiting === false;
}

function stalenessRows({ unfinished, instances, edges }: CoherenceRig, { changes, oracle }: TrafficResult): BenchRow[] {
  const shown = (change: MadeChange, places: readonly Place[]): number =>
    Math.max(...places.map((place) => oracle.shownAfter(change, place) ?? Number.POSITIVE_INFINITY));
  /** How often an execution died that had the change in hand, or while the CDN had still to be told of it. */
  const deaths = (change: MadeChange): number => {
    const goneAt = change.acknowledgedAt + shown(change, edges);
    return unfinished.crashes.filter(
      ({ at, inHand, waiting }) =>
        inHand.some(({ item, version }) => item === change.item && version === change.version) ||
        (at > change.acknowledgedAt && at < goneAt && waiting.includes(change.item)),
    ).length;
  };
  const undisturbed = changes.filter((change) => deaths(change) === 0);
  const interrupted = changes.filter((change) => deaths(change) > 0);
  const byEvent = undisturbed.filter(({ writer }) => writer === 'cut off');
  const after = (all: readonly MadeChange[], places: readonly Place[]) => all.map((change) => shown(change, places));
  const perDeath = (places: readonly Place[]) => interrupted.map((change) => shown(change, places) / deaths(change));
  return [
    ...percentiles('3 processes', after(undisturbed, instances)),
    ...percentiles('3 processes, told by the event alone', after(byEvent, instances)),
    ...percentiles('2 edges', after(undisturbed, edges)),
    worst('3 processes', perDeath(instances)),
    worst('2 edges', perDeath(edges)),
  ];
}

const BOUND_MS = 1_000;

function percentiles(where: string, milliseconds: readonly number[]): BenchRow[] {
  const sorted = [...milliseconds].sort((one, other) => one - other);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
  const row = { reference: { name: 'bound', figure: BOUND_MS }, unit: 'ms', runs: sorted.length };
  return [
    { ...row, name: `old value after the commit, ${where}, p50`, figure: median(sorted) },
    { ...row, name: `old value after the commit, ${where}, p99`, figure: p99, goal: { atMost: 1 } },
  ];
}

/** A change whose message was in hand comes again after the visibility time-out, each time that an execution dies at it. */
function worst(where: string, milliseconds: readonly number[]): BenchRow {
  return {
    name: `the invalidator died at it, ${where}, longest for each time`,
    figure: Math.max(...milliseconds),
    // Once before it is hidden, and once when it has come again.
    reference: { name: 'visibility + twice the bound', figure: deployed.visibilitySeconds * 1_000 + 2 * BOUND_MS },
    unit: 'ms',
    goal: { atMost: 1 },
    runs: milliseconds.length,
  };
}

const EVENTS_AT_ONCE = 10_000;

/** Ten thousand events in the queue, with the window of production. */
async function manyAtOnce(progress: (message: string) => void): Promise<BenchRow[]> {
  const { windowMillis } = deployed;
  return onRig(await startCoherenceRig({ ...RIG, windowMillis }), async (rig) => {
    const { queue, cloudFront } = rig;
    progress(`${EVENTS_AT_ONCE} events at once`);
    const startedAt = performance.now();
    queue.send(Array.from({ length: EVENTS_AT_ONCE }, (_, index) => changeOf(1 + (index % ITEMS))));
    await eventually(() => nothingWaits(rig), 10 * MINUTE_MS);
    const elapsed = performance.now() - startedAt;
    const allowed = Math.floor(elapsed / windowMillis) + 1;
    const row = { runs: 1, goal: { atMost: 1 } };
    return [
      {
        ...row,
        name: 'ten thousand events at once, until all is told',
        figure: elapsed / 1_000,
        reference: { name: 'a minute', figure: 60 },
        unit: 's',
      },
      {
        ...row,
        name: 'requests to CloudFront for them',
        figure: cloudFront.creations,
        reference: { name: `one per window of ${windowMillis / 1_000} s`, figure: allowed },
        unit: 'requests',
      },
    ];
  });
}

function changeOf(id: number): string {
  const data = { id, category: 'lamps', title: 'Lamp', priceCents: 1, itemVersion: 1 };
  return JSON.stringify({
    detail: newEvent({ type: 'ItemChanged', subject: `item-${id}`, data, tags: [`item-${id}`] }),
  });
}
