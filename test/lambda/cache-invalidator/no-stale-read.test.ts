import { eventually } from '../../runtime/support/eventually';
import { killServices } from '../../service/rig/service-process';
import { type CoherenceRig, startCoherenceRig } from './coherence-rig';
import { playTraffic } from './random-traffic';

jest.setTimeout(300_000);

const ITEMS = 120;
/** Far above what it takes: it tells a value that stays from one that goes. Memory would let go after 30 s by itself. */
const BOUND_MS = 20_000;

let rig: CoherenceRig;

beforeAll(async () => {
  rig = await startCoherenceRig({
    items: ITEMS,
    windowMillis: 100,
    // Far above what an answer may be on its way, so that a slow machine makes no answer late.
    settleMillis: 1_500,
    transitMillis: 300,
    visibilitySeconds: 3,
    scheduleMillis: 5_000,
  });
});

afterAll(async () => {
  await rig?.stop();
  killServices();
});

async function waiting(): Promise<unknown> {
  const [row] = await rig.tier.primary.query(`
    SELECT (SELECT count(*)::int FROM outbox WHERE published_at IS NULL) AS events,
           (SELECT count(*)::int FROM cdn_purges) AS items,
           (SELECT count(*)::int FROM cdn_purge_batches WHERE sent_at IS NULL) AS requests`);
  return { ...row, messages: rig.queue.queue.size };
}

test('ten thousand random reads and writes, an invalidator that keeps dying: no stale read survives', async () => {
  const { oracle, changes, lost } = await playTraffic(rig, {
    operations: 10_000,
    operationsPerSecond: 250,
    writeShare: 0.04,
    items: ITEMS,
    changesAtOnce: 30,
    changesPerKill: 12,
    probeEveryMillis: (age) => 50 + age / 10,
    giveUpMillis: BOUND_MS,
  });
  const nothing = { events: 0, items: 0, requests: 0, messages: 0 };
  await eventually(async () => JSON.stringify(await waiting()) === JSON.stringify(nothing), BOUND_MS);
  expect(lost).toEqual([]);
  expect(oracle.stalestMillis).toBeLessThan(BOUND_MS);
  expect([rig.queue.deadLetters.size, rig.unfinished.failures]).toEqual([0, []]);
  // Otherwise it would prove little.
  expect(changes.length).toBeGreaterThan(200);
  const { crashes } = rig.unfinished;
  expect(crashes.length).toBeGreaterThan(10);
  expect(crashes.filter(({ inHand }) => inHand.length > 0).length).toBeGreaterThan(5);
  const places = [...rig.instances, ...rig.edges];
  for (let item = 1; item <= ITEMS; item++) {
    const [row] = await rig.tier.primary.query('SELECT version FROM items WHERE id = $1', [item]);
    const shown = await Promise.all(places.map((place) => place.read(item)));
    expect(shown).toEqual(places.map(() => row?.['version']));
  }
});
