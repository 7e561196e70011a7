import { parseAccesses } from '../../../analysis/cache/access-file';
import { AccessRecorder, type Cache, createCache } from '../../../runtime/cache';

const policies = {
  item: { cacheable: true, ttlMs: 60_000 },
  history: { cacheable: false, reason: 'changes with every read' },
} as const;

let cache: Cache<keyof typeof policies> | undefined;

afterEach(() => cache?.close());

test('what answered each read is exported, and read again by the report', async () => {
  const recorder = new AccessRecorder({ oneKeyIn: 1, readableKeys: true });
  cache = createCache({ policies, connection: 'none', recorder });
  const load = async (): Promise<string> => 'value';
  await cache.get('item', '1?a=1,2');
  await Promise.all([cache.getOrLoad('item', '1?a=1,2', load), cache.getOrLoad('item', '1?a=1,2', load)]);
  await cache.getMany('item', ['1?a=1,2', '2'], async (missing) => new Map(missing.map((id) => [id, 'value'])));
  await cache.set('item', '2', 'new');
  await cache.getOrLoad('history', '3', load);
  const accesses = parseAccesses('export', recorder.export());
  const told = accesses.map(({ keyClass, text, kind, tier }) => [keyClass, text, kind, tier]);
  expect(told[0]).toEqual(['item', '1?a=1%2C2', 'read', 'none']);
  // Of two at once one loads and the other one gets its value, whichever is answered first.
  expect(told.slice(1, 3).map(([, , , tier]) => tier)).toEqual(expect.arrayContaining(['load', 'memory']));
  expect(told.slice(3)).toEqual([
    ['item', '1?a=1%2C2', 'read', undefined],
    ['item', '2', 'read', 'load'],
    ['item', '2', 'write', undefined],
    ['history', '3', 'read', 'load'],
  ]);
  const loads = accesses.filter(({ tier }) => tier === 'load');
  expect(loads.every(({ loadMs }) => loadMs !== undefined)).toBe(true);
});

test('ids do not leave the process unless it is wanted', () => {
  const recorder = new AccessRecorder({ oneKeyIn: 1 });
  recorder.note('read', 'item', 'secret', 5);
  expect(recorder.export()).toMatch(/\n5,item,[0-9a-f]+,read,,\n$/);
});
