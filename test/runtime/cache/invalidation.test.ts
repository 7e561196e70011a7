import { setTimeout as pause } from 'node:timers/promises';
import type { Cache } from '../../../runtime/cache';
import { eventually } from '../support/eventually';
import { type Classes, useCaches } from './cache-rig';

const rig = useCaches();
const { instance } = rig;

describe('invalidation', () => {
  test.each([
    ['a key', { keys: [{ class: 'item', id: '1' }] } as const],
    ['a tag', { tags: ['item:1'] }],
  ])('of %s reaches both tiers of every process', async (_, invalidation) => {
    const [first, second] = [await instance(), await instance()];
    for (const cache of [first, second]) {
      await cache.getOrLoad('item', '1', async () => 'old');
      await cache.getOrLoad('item', '2', async () => 'other');
    }
    expect(await first.invalidate(invalidation)).toBe('sent');
    expect(await first.get('item', '1')).toBeUndefined();
    await eventually(async () => (await second.get('item', '1')) === undefined);
    expect(await second.get('item', '2')).toBe('other');
    expect(await second.getOrLoad('item', '1', async () => 'new')).toBe('new');
    expect(await first.getOrLoad('item', '1', async () => 'unused')).toBe('new');
  });

  test('during a load keeps the old value out of both tiers', async () => {
    const [first, second] = [await instance(), await instance()];
    let finish = (_: string): void => {};
    const value = new Promise<string>((resolve) => {
      finish = resolve;
    });
    let started = false;
    const slow = first.getOrLoad('item', '1', () => {
      started = true;
      return value;
    });
    await eventually(() => started);
    await second.invalidate({ tags: ['items'] });
    finish('old');
    expect(await slow).toBe('old');
    expect(await first.get('item', '1')).toBeUndefined();
    expect(await second.getOrLoad('item', '1', async () => 'new')).toBe('new');
    expect(await first.getOrLoad('item', '1', async () => 'unused')).toBe('new');
  });

  test('during a load makes later requests load anew instead of joining it', async () => {
    const [cache, other] = [await instance(), await instance()];
    let finish = (_: string): void => {};
    const value = new Promise<string>((resolve) => {
      finish = resolve;
    });
    let started = false;
    const early = cache.getOrLoad('item', '1', () => {
      started = true;
      return value;
    });
    await eventually(() => started);
    await cache.invalidate({ keys: [{ class: 'item', id: '1' }] });
    expect(await cache.getOrLoad('item', '1', async () => 'new')).toBe('new');
    finish('old');
    expect(await early).toBe('old');
    expect(await cache.get('item', '1')).toBe('new');
    // What was loaded before the invalidation has not overwritten it in the server either.
    expect(await other.get('item', '1')).toBe('new');
  });

  test('during a load says so to who asked, and to nobody who was answered from a tier or loads afterwards', async () => {
    const [first, second] = [await instance(), await instance()];
    const told: string[] = [];
    const ask = (name: string, load: () => Promise<string>) =>
      first.getOrLoad('item', '1', load, { onOvertaken: () => told.push(name) });
    await ask('slow', async () => {
      await second.invalidate({ tags: ['item:1'] });
      // Until this process has said that it heard of it, the CDN is not emptied.
      await rig.heard();
      return 'old';
    });
    expect(told).toEqual(['slow']);
    await ask('load', async () => 'new');
    await ask('hit', async () => 'unused');
    expect(told).toEqual(['slow']);
  });

  test('works by tags that the loader found out', async () => {
    const [first, second] = [await instance(), await instance()];
    const load = async (context: { tag(...tags: string[]): void }): Promise<string[]> => {
      context.tag('item:7', 'item:8');
      return ['7', '8'];
    };
    await first.getOrLoad('page', 'p', load);
    await second.getOrLoad('page', 'p', load);
    await first.invalidate({ tags: ['item:8'] });
    expect(await first.get('page', 'p')).toBeUndefined();
    await eventually(async () => (await second.get('page', 'p')) === undefined);
  });

  test('cannot be undone by the server forgetting the tag', async () => {
    const [first, second] = [await instance(), await instance({ maxUnheardMs: 1 })];
    await first.getOrLoad('item', '1', async () => 'old');
    await rig.client().unlink(`${rig.namespace}:tag:item:1`);
    expect(await second.get('item', '1')).toBeUndefined();
  });

  test('tells loaders to prefer the primary while replicas may lag, and not later', async () => {
    const [hasty, patient] = [await instance({ replicationLagBudgetMs: 30 }), await instance()];
    const preferences: boolean[] = [];
    const load = async ({ preferPrimary }: { preferPrimary: boolean }): Promise<string> => {
      preferences.push(preferPrimary);
      return 'a';
    };
    await patient.getOrLoad('item', '1', load);
    await patient.invalidate({ keys: [{ class: 'item', id: '1' }] });
    await patient.getOrLoad('item', '1', load);
    await patient.invalidate({ tags: ['item:1'] });
    await patient.getOrLoad('item', '1', load);
    await patient.invalidate({ tags: ['item:1'] });
    await pause(60);
    await hasty.getOrLoad('item', '1', load);
    expect(preferences).toEqual([false, true, true, false]);
  });

  test('that nobody could hear is noticed by the clock', async () => {
    const [deaf, other] = [await instance({ maxUnheardMs: 400 }), await instance()];
    await deaf.getOrLoad('item', '1', async () => 'old');
    expect(await deaf.get('item', '1')).toBe('old');
    // The server forgets that anybody subscribed, without closing a connection: no message arrives any more.
    await rig.client().sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    await other.invalidate({ tags: ['items'] });
    await eventually(async () => (await deaf.get('item', '1')) === undefined);
  });
});

describe('write-through', () => {
  test('writes to the source, then to both tiers of every process', async () => {
    const [first, second] = [await instance(), await instance()];
    await second.getOrLoad('item', '1', async () => 'old');
    const order: string[] = [];
    await first.writeThrough('item', '1', 'new', async () => {
      order.push(`cache has ${await first.get('item', '1')}`);
    });
    expect(order).toEqual(['cache has old']);
    expect(await first.get('item', '1')).toBe('new');
    await eventually(async () => (await second.get('item', '1')) === 'new');
  });

  test('that fails empties the key, because the source may have applied it', async () => {
    const cache = await instance();
    await cache.set('item', '1', 'old');
    const write = cache.writeThrough('item', '1', 'new', async () => Promise.reject(new Error('timeout')));
    await expect(write).rejects.toThrow('timeout');
    expect(await cache.get('item', '1')).toBeUndefined();
  });

  test('leaves no value behind that the source does not have, whatever overlaps', async () => {
    const both = [await instance(), await instance()];
    for (let round = 0; round < 40; round++) {
      let database = 'start';
      const write = (cache: Cache<Classes> | undefined, value: string) =>
        cache?.writeThrough('page', `${round}`, value, async () => {
          await pause(Math.random() * 4);
          database = value;
          await pause(Math.random() * 4);
        });
      const read = async (cache: Cache<Classes> | undefined) => {
        await pause(Math.random() * 6);
        return cache?.getOrLoad('page', `${round}`, async () => database);
      };
      await Promise.all([write(both[0], 'a'), read(both[0]), write(both[1], 'b'), read(both[1])]);
      for (const cache of both) {
        await eventually(async () => [undefined, database].includes(await cache.get<string>('page', `${round}`)));
      }
    }
  });
});
