import { METRICS, MetricsAggregator, reportProcess } from '../../../runtime/telemetry';

interface Document {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

function collector(more: { maxSeries?: number; labels?: Record<string, string> } = {}) {
  const lines: Document[] = [];
  const write = (line: string): unknown => lines.push(JSON.parse(line));
  const aggregator = new MetricsAggregator({ namespace: 'Test', write, ...more });
  return { aggregator, lines };
}

test('adds up counts, keeps the last gauge, and starts again after a flush', () => {
  const { aggregator, lines } = collector();
  aggregator.count('db_read_queries_total', { replica: 'replica-1' });
  aggregator.count('db_read_queries_total', { replica: 'replica-1' }, 4);
  aggregator.gauge('db_replication_lag_seconds', { replica: 'replica-1' }, 3);
  aggregator.gauge('db_replication_lag_seconds', { replica: 'replica-1' }, 0.5);
  aggregator.flush();
  aggregator.count('db_read_queries_total', { replica: 'replica-1' }, 2);
  aggregator.close();
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'Test',
            Dimensions: [['replica']],
            Metrics: [
              { Name: 'db_read_queries_total', Unit: 'Count' },
              { Name: 'db_replication_lag_seconds', Unit: 'Seconds' },
            ],
          },
        ],
      },
      replica: 'replica-1',
      db_read_queries_total: 5,
      db_replication_lag_seconds: 0.5,
    },
    expect.objectContaining({ db_read_queries_total: 2 }),
  ]);
  expect(lines[1]).not.toHaveProperty('db_replication_lag_seconds');
});

test('writes one line per set of labels, with the labels of the service on each', () => {
  const { aggregator, lines } = collector({ labels: { service: 'api' } });
  aggregator.gauge('cache_hit_rate_by_tier', { cache_tier: 'memory' }, 0.9);
  aggregator.gauge('cache_hit_rate_by_tier', { cache_tier: 'server' }, 0.7);
  aggregator.close();
  const dimensions = lines.map(({ _aws, service, cache_tier }) => [
    _aws.CloudWatchMetrics[0]?.Dimensions,
    service,
    cache_tier,
  ]);
  expect(dimensions).toEqual([
    [[['service', 'cache_tier']], 'api', 'memory'],
    [[['service', 'cache_tier']], 'api', 'server'],
  ]);
});

test('keeps percentiles: counts and values describe what was observed to 2.5 %', () => {
  const { aggregator, lines } = collector();
  for (let value = 1; value <= 1_000; value++) aggregator.observe('request_seconds', {}, value / 1_000);
  aggregator.observe('request_seconds', {}, 0);
  aggregator.close();
  const parts = lines.map((line) => line['request_seconds'] as { Values: number[]; Counts: number[]; Sum: number });
  const values = parts.flatMap((part) => part.Values);
  const counts = parts.flatMap((part) => part.Counts);
  expect(parts.every((part) => part.Values.length <= 100 && part.Values.length === part.Counts.length)).toBe(true);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_001);
  for (const [share, expected] of [
    [0.5, 0.5],
    [0.95, 0.95],
    [0.99, 0.99],
  ] as const) {
    let left = share * 1_001;
    const found = values.find((_, index) => {
      left -= counts[index] ?? 0;
      return left <= 0;
    });
    expect(Math.abs((found ?? 0) / expected - 1)).toBeLessThan(0.026);
  }
  expect(lines[0]?.['request_seconds']).toMatchObject({ Min: 0 });
});

test('stays within the limits of the format: 100 metrics per document, 100 values per metric, 30 dimensions', () => {
  const { aggregator, lines } = collector({ maxSeries: 500 });
  for (let index = 0; index < 250; index++) aggregator.count(`metric_${index}_total`, { replica: 'a' });
  for (let power = -150; power < 150; power++) aggregator.observe('wide_seconds', { replica: 'a' }, 1.1 ** power);
  const labels = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`label${i}`, i === 3 ? '' : 'x'.repeat(2_000)]),
  );
  aggregator.count('many_labels_total', labels);
  aggregator.close();
  let metrics = 0;
  for (const line of lines) {
    const directive = line._aws.CloudWatchMetrics[0];
    metrics += directive?.Metrics.length ?? 0;
    expect(directive?.Metrics.length).toBeLessThanOrEqual(100);
    expect(new Set(directive?.Metrics.map(({ Name }) => Name)).size).toBe(directive?.Metrics.length);
    expect(directive?.Dimensions[0]?.length).toBeLessThanOrEqual(30);
    for (const dimension of directive?.Dimensions[0] ?? []) {
      expect(String(line[dimension]).length).toBeGreaterThan(0);
      expect(String(line[dimension]).length).toBeLessThanOrEqual(1_024);
    }
    const wide = line['wide_seconds'] as { Values: number[] } | undefined;
    expect(wide?.Values.length ?? 0).toBeLessThanOrEqual(100);
    expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThan(256 * 1_024);
  }
  expect(metrics).toBe(250 + 3 + 1);
});

test('drops series beyond its bound, says how many calls that were, and takes no figure that is none', () => {
  const { aggregator, lines } = collector({ maxSeries: 2 });
  for (const user of ['a', 'b', 'c', 'd']) aggregator.count('logins_total', { user });
  aggregator.gauge('logins_total', { user: 'a' }, 7);
  aggregator.count('logins_total', { user: 'a' }, Number.NaN);
  aggregator.close();
  expect(lines.map((line) => line['logins_total'] ?? line['telemetry_series_dropped_total'])).toEqual([1, 1, 2]);
});

test('asks collectors at every flush, until told not to', () => {
  const { aggregator, lines } = collector();
  const stop = aggregator.onFlush((metrics) => metrics.gauge('pool_size', {}, 8));
  aggregator.flush();
  stop();
  aggregator.close();
  expect(lines).toHaveLength(1);
});

test('reports how much of its CPU, memory and event loop the process uses', () => {
  const { aggregator, lines } = collector();
  reportProcess(aggregator, { cpus: 1, memoryLimitBytes: 10 * process.memoryUsage.rss() });
  const until = performance.now() + 50;
  while (performance.now() < until);
  aggregator.close();
  const byType = new Map(lines.map((line) => [line['resource_type'], Number(line['resource_utilization_percent'])]));
  expect([...byType.keys()].sort()).toEqual(['cpu', 'event_loop', 'memory']);
  expect(byType.get('cpu')).toBeGreaterThan(1);
  expect(byType.get('memory')).toBeGreaterThan(5);
  expect(byType.get('memory')).toBeLessThan(20);
});

test('the catalogue has the names and labels that requirements C5, C7, H6 and K7 ask for', () => {
  const named = METRICS.map(({ name, labels }) => `${name}{${labels.join()}}`);
  expect(named).toEqual(
    expect.arrayContaining([
      'db_read_queries_total{replica}',
      'db_write_queries_total{database}',
      'db_replication_lag_seconds{replica}',
      'cache_hit_rate_by_tier{cache_tier}',
      'resource_utilization_percent{resource_type}',
    ]),
  );
});
