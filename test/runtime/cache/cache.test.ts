import { setTimeout as pause } from 'node:timers/promises';
import { type Cache, CacheOverloadedError } from '../../../runtime/cache';
import { eventually } from '../support/eventually';
import { encryption, key, source, useCaches } from './cache-rig';

const rig = useCaches();
const { instance } = rig;

describe('tiers', () => {
  test('loads once, then answers from memory, and from the server in another process', async () => {
    const [first, second] = [await instance(), await instance()];
    const items = source({ name: 'lamp', price: 12 });
    const tiers: string[] = [];
    const onTier = (tier: string): unknown => tiers.push(tier);
    for (const cache of [first, first, second, second]) {
      expect(await cache.getOrLoad('item', '1', items.load, { onTier })).toEqual({ name: 'lamp', price: 12 });
    }
    expect(tiers).toEqual(['load', 'memory', 'server', 'memory']);
    expect(items.loads).toBe(1);
    expect(second.statistics()).toMatchObject({
      memory: { hits: 1, misses: 1, entries: 1 },
      server: { hits: 1, misses: 0 },
      byClass: { item: { hits: 2, misses: 0, hitRate: 1 } },
      loads: { total: 0 },
    });
  });

  test('gives every caller the value as it comes back from JSON, whichever tier answers', async () => {
    const [first, second] = [await instance(), await instance()];
    const at = new Date(0);
    const load = async (): Promise<unknown> => ({ at, absent: undefined });
    const answers = [
      await first.getOrLoad('page', '1', load),
      await first.getOrLoad('page', '1', load),
      await second.getOrLoad('page', '1', load),
    ];
    for (const answer of answers) expect(answer).toStrictEqual({ at: '1970-01-01T00:00:00.000Z' });
  });

  test('refuses to let one caller change what memory gives to others', async () => {
    const cache = await instance();
    await cache.set('page', '1', { nested: { list: [1] } });
    const value = await cache.get<{ nested: { list: number[] } }>('page', '1');
    expect(() => value?.nested.list.push(2)).toThrow(TypeError);
  });

  test('keeps bytes and whole responses as they are, through both tiers', async () => {
    const [first, second] = [await instance(), await instance()];
    const bytes = Buffer.from([0, 255, 1, 254, 10, 13]);
    await first.set('blob', 'b', bytes);
    await first.set('body', 'r', { headers: { 'content-encoding': 'gzip' }, body: bytes });
    for (const cache of [first, second, second]) {
      expect(await cache.get('blob', 'b')).toEqual(bytes);
      expect(await cache.get('body', 'r')).toEqual({ headers: { 'content-encoding': 'gzip' }, body: bytes });
    }
  });

  test('fails when a value does not have the form that its policy says', async () => {
    const cache = await instance();
    await expect(cache.set('blob', 'b', 'text')).rejects.toThrow(
      "a value with `format: 'bytes'` must be a Buffer, got string",
    );
    await expect(cache.set('body', 'r', { body: 'text' })).rejects.toThrow(
      "a value with `format: 'response'` must have `headers` and a `body` that is a Buffer",
    );
  });

  test('fails when a key class has no policy', async () => {
    const cache: Cache = await instance();
    await expect(cache.get('itme', '1')).rejects.toThrow(
      'no policy for key class `itme`: `policies` has item, page, missing, brief, sturdy, blob, body, profile, card',
    );
  });

  test('works from memory alone without a server', async () => {
    const cache = await instance({ connection: 'none' });
    const items = source('a');
    for (let call = 0; call < 3; call++) expect(await cache.getOrLoad('item', '1', items.load)).toBe('a');
    expect(items.loads).toBe(1);
    expect(await cache.invalidate({ tags: ['items'] })).toBe('sent');
    await cache.getOrLoad('item', '1', items.load);
    expect(items.loads).toBe(2);
  });
});

describe('loads', () => {
  test('run once for concurrent requests of two processes', async () => {
    const both = [await instance(), await instance()];
    const items = source('a');
    const requests = Array.from({ length: 100 }, (_, i) => both[i % 2]?.getOrLoad('item', '1', items.load));
    expect(new Set(await Promise.all(requests))).toEqual(new Set(['a']));
    expect(items.loads).toBe(1);
  });

  test('that fail reach the caller, and the next request loads again', async () => {
    const cache = await instance();
    const broken = async (): Promise<string> => Promise.reject(new Error('no database'));
    await expect(cache.getOrLoad('item', '1', broken)).rejects.toThrow('no database');
    expect(await cache.getOrLoad('item', '1', source('a').load)).toBe('a');
    expect(cache.statistics().loads).toMatchObject({ total: 2, failed: 1 });
  });

  test('that find nothing are remembered where the policy says so', async () => {
    const cache = await instance();
    const absent = source(undefined);
    for (let call = 0; call < 3; call++) expect(await cache.getOrLoad('missing', '1', absent.load)).toBeUndefined();
    expect(absent.loads).toBe(1);
    for (let call = 0; call < 3; call++) expect(await cache.getOrLoad('item', '1', absent.load)).toBeUndefined();
    expect(absent.loads).toBe(4);
  });

  test('happen once behind requests that are answered stale', async () => {
    const cache = await instance();
    await cache.set('brief', '1', 'old');
    await pause(60);
    const fresh = source('new');
    const answers = await Promise.all(Array.from({ length: 20 }, () => cache.getOrLoad('brief', '1', fresh.load)));
    expect(new Set(answers)).toEqual(new Set(['old']));
    await eventually(async () => (await cache.get('brief', '1')) === 'new');
    expect(fresh.loads).toBe(1);
  });

  test('that fail are stood in for by the expired value where the policy says so', async () => {
    const cache = await instance();
    await cache.set('sturdy', '1', 'old');
    await pause(5);
    const broken = async (): Promise<string> => Promise.reject(new Error('no database'));
    expect(await cache.getOrLoad('sturdy', '1', broken)).toBe('old');
    expect(cache.statistics()).toMatchObject({ stale: 1, loads: { failed: 1 } });
  });

  test('are bounded: the rest wait, and what would wait behind too many is refused', async () => {
    const cache = await instance({ loads: { maxConcurrent: 2, maxWaiting: 3, maxWaitMs: 10_000 } });
    let running = 0;
    let most = 0;
    const load = async (): Promise<string> => {
      most = Math.max(most, ++running);
      await pause(20);
      running--;
      return 'a';
    };
    const requests = Array.from({ length: 8 }, (_, i) => cache.getOrLoad('page', `${i}`, load));
    const results = await Promise.allSettled(requests);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(most).toBe(2);
    expect(refused).toHaveLength(3);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(CacheOverloadedError);
    expect(cache.statistics().loads).toMatchObject({ peak: 2, refused: 3, running: 0, waiting: 0 });
  });

  test('inside loads use the place of the outer one', async () => {
    const cache = await instance({ loads: { maxConcurrent: 1, maxWaiting: 10, maxWaitMs: 10_000 } });
    const outer = await cache.getOrLoad('page', 'outer', async (context) => {
      const inner = await cache.getOrLoad('item', 'inner', async () => 'inner', { within: context });
      return `outer of ${inner}`;
    });
    expect(outer).toBe('outer of inner');
  });

  test('of what must not be cached happen every time', async () => {
    const cache = await instance();
    const cards = source('4111');
    for (let call = 0; call < 3; call++) expect(await cache.getOrLoad('card', '1', cards.load)).toBe('4111');
    await cache.set('card', '1', 'other');
    expect(cards.loads).toBe(3);
    expect(await cache.get('card', '1')).toBeUndefined();
    expect(await rig.client().keys(`${rig.namespace}:*card*`)).toEqual([]);
  });
});

describe('many at once', () => {
  test('takes one load for those in no tier, and finds the others', async () => {
    const [first, second] = [await instance(), await instance()];
    await first.set('page', '1', 'one');
    await second.set('page', '2', 'two');
    const asked: (readonly string[])[] = [];
    const load = async (ids: readonly string[]): Promise<Map<string, string>> => {
      asked.push(ids);
      return new Map(ids.filter((id) => id !== '4').map((id) => [id, `loaded ${id}`]));
    };
    const found = await first.getMany('page', ['1', '2', '3', '4', '5', '3'], load);
    expect(Object.fromEntries(found)).toEqual({ 1: 'one', 2: 'two', 3: 'loaded 3', 5: 'loaded 5' });
    expect(asked).toEqual([['3', '4', '5']]);
    expect(await second.get('page', '5')).toBe('loaded 5');
  });

  test('loads each key once when two processes ask for overlapping sets', async () => {
    const [one, two] = [await instance(), await instance()];
    const loaded: string[] = [];
    const load = async (ids: readonly string[]): Promise<Map<string, string>> => {
      loaded.push(...ids);
      await pause(20);
      return new Map(ids.map((id) => [id, `v${id}`]));
    };
    const ids = Array.from({ length: 50 }, (_, i) => `${i}`);
    const results = await Promise.all([
      one.getMany('page', ids.slice(0, 40), load),
      two.getMany('page', ids.slice(10), load),
      one.getOrLoad('page', '5', async () => (await load(['5'])).get('5')),
    ]);
    expect([...loaded].sort()).toEqual([...ids].sort());
    expect(results[2]).toBe('v5');
  });
});

describe('sensitive classes', () => {
  test('are unreadable in the server, their ids too, and stay out of memory', async () => {
    const cache = await instance();
    await cache.getOrLoad('profile', 'ada@example.com', async () => ({ phone: '555-0100' }));
    const keys = (await rig.client().keys(`${rig.namespace}:*`)).map(String);
    expect(keys.join(' ')).not.toContain('ada');
    const entry = keys.find((name) => name.startsWith(`${rig.namespace}:entry:profile:`)) ?? '';
    expect(String(await rig.client().get(entry))).not.toContain('555');
    expect(cache.statistics().memory.entries).toBe(0);
    expect(await cache.get('profile', 'ada@example.com')).toEqual({ phone: '555-0100' });
  });

  test('are read with the old key after a rotation, and miss when it is dropped', async () => {
    const [before] = [await instance()];
    await before.set('profile', '1', 'secret');
    const b = Buffer.alloc(32, 3);
    const rotated = await instance({ encryption: { ...encryption, current: 'b', keys: { a: key, b } } });
    const dropped = await instance({ encryption: { ...encryption, current: 'b', keys: { b } } });
    expect(await rotated.get('profile', '1')).toBe('secret');
    expect(await dropped.get('profile', '1')).toBeUndefined();
    expect(await dropped.getOrLoad('profile', '1', async () => 'loaded')).toBe('loaded');
  });

  test('cannot be passed off as another key', async () => {
    const cache = await instance();
    await cache.set('profile', '1', 'of 1');
    await cache.set('profile', '2', 'of 2');
    const entries = (await rig.client().keys(`${rig.namespace}:entry:*`)).map(String);
    const [one = '', two = ''] = entries;
    await rig.client().copy(one, two, { REPLACE: true });
    const values = [await cache.get('profile', '1'), await cache.get('profile', '2')];
    expect(values.filter((value) => value === undefined)).toHaveLength(1);
  });
});
