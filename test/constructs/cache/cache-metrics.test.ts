import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ValkeyCacheProps } from '../../../lib/constructs/cache/valkey-cache';
import { cached, cluster, nodes, serverless } from './cache-fixture';

describe('metrics', () => {
  const of = (capacity: ValkeyCacheProps['capacity']) => cached({ capacity });

  test('the hit ratio counts every node, and a lost one as nothing', () => {
    const { expression, usingMetrics } = of(nodes).cache.metricHitRatio();
    const hits = '(FILL(hits1, 0) + FILL(hits2, 0))';
    expect(expression).toBe(`100 * ${hits} / (${hits} + (FILL(misses1, 0) + FILL(misses2, 0)))`);
    expect(usingMetrics['hits1']).toMatchObject({ metricName: 'CacheHits', statistic: 'Sum' });
    expect(usingMetrics['misses2']).toMatchObject({ metricName: 'CacheMisses', statistic: 'Sum' });
  });

  test.each([
    ['nodes', nodes, ['-001', '-002']],
    ['a cluster', cluster, ['-0001-001', '-0001-002', '-0002-001', '-0002-002']],
  ])('%s are found by the names that ElastiCache gives them', (_kind, capacity, suffixes) => {
    const { stack, cache } = of(capacity);
    const metrics = Object.values(cache.metricEvictions().usingMetrics) as cloudwatch.Metric[];
    const group = { Ref: expect.stringContaining('CacheNodes') };
    expect(metrics.map(({ dimensions }) => stack.resolve(dimensions))).toEqual(
      suffixes.map((suffix) => ({ CacheClusterId: { 'Fn::Join': ['', [group, suffix]] } })),
    );
  });

  test.each([
    ['EngineCPUUtilization', of(nodes).cache.metricCpuUtilization()],
    ['DatabaseMemoryUsageCountedForEvictPercentage', of(nodes).cache.metricMemoryUtilization()],
    ['CurrConnections', of(nodes).cache.metricCurrConnections()],
    ['ReplicationLag', of(nodes).cache.metricReplicationLag()],
    ['SwapUsage', of(nodes).cache.metricSwapUsage()],
  ])('%s is that of the worst node', (metricName, { expression, usingMetrics }) => {
    expect(expression).toBe('MAX([m1, m2])');
    expect(Object.values(usingMetrics)[0]).toMatchObject({ metricName, statistic: 'Maximum' });
  });

  test('a serverless cache is busy and full as a share of its ceilings', () => {
    const { cache } = of(serverless);
    expect(cache.metricCpuUtilization().expression).toBe('100 * used / (PERIOD(used) * 20000)');
    expect(cache.metricMemoryUtilization().expression).toBe('100 * used / (10000000000)');
    expect(cache.metricThrottledCommands().usingMetrics['m1']).toMatchObject({ metricName: 'ThrottledCmds' });
    expect(cache.metricHitRatio().expression).toBe('100 * (FILL(hits1, 0)) / ((FILL(hits1, 0)) + (FILL(misses1, 0)))');
  });

  test("a caller's options win", () => {
    expect(of(nodes).cache.metricEvictions({ label: 'mine' }).label).toBe('mine');
  });
});
