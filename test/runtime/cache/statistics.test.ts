import { CacheCounters, CacheReporter } from '../../../runtime/cache/statistics';

/** Collects gauges as `name{label}` → value. */
function collector() {
  const gauges = new Map<string, number>();
  const metrics = {
    count: () => undefined,
    observe: () => undefined,
    gauge: (name: string, labels: Readonly<Record<string, string>>, value: number) => {
      gauges.set(`${name}{${Object.values(labels).join()}}`, value);
    },
  };
  return { gauges, metrics };
}

test('reports the hit rate of each tier, the one of queries over all classes of query results', () => {
  const counters = new CacheCounters(['item', 'ranking', 'popular'], ['ranking', 'popular']);
  const { gauges, metrics } = collector();
  Object.assign(counters.memory, { hits: 9, misses: 1 });
  Object.assign(counters.server, { hits: 3, misses: 1 });
  Object.assign(counters.byClass.get('item') ?? {}, { hits: 100, misses: 0 });
  Object.assign(counters.byClass.get('ranking') ?? {}, { hits: 6, misses: 2 });
  Object.assign(counters.byClass.get('popular') ?? {}, { hits: 1, misses: 1 });

  new CacheReporter(counters, metrics).report(true);

  expect(gauges.get('cache_hit_rate_by_tier{memory}')).toBe(0.9);
  expect(gauges.get('cache_hit_rate_by_tier{server}')).toBe(0.75);
  expect(gauges.get('cache_hit_rate_by_tier{query}')).toBe(0.7);
});

test('reports the rate since the last report, and nothing for a quiet time', () => {
  const counters = new CacheCounters(['item']);
  const { gauges, metrics } = collector();
  const reporter = new CacheReporter(counters, metrics);
  Object.assign(counters.memory, { hits: 0, misses: 10 });
  reporter.report(true);
  expect(gauges.get('cache_hit_rate_by_tier{memory}')).toBe(0);

  Object.assign(counters.memory, { hits: 10, misses: 10 });
  reporter.report(true);
  expect(gauges.get('cache_hit_rate_by_tier{memory}')).toBe(1);

  gauges.clear();
  reporter.report(true);
  expect([...gauges.keys()].filter((name) => name.startsWith('cache_hit_rate'))).toEqual([]);
});
