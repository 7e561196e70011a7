import { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { testDatabase } from './fixtures';

const { stack, database } = testDatabase();

/** The dimensions as CloudFormation will see them. */
const dimensions = (metric: cloudwatch.Metric) => Stack.of(stack).resolve(metric.dimensions);
const cluster = { Ref: expect.stringContaining('DatabaseCluster') };
const reader = (index: number) => ({ Ref: expect.stringContaining(`DatabaseClusterReader${index}`) });

test('replica lag is the worst of the readers, in milliseconds', () => {
  const metric = database.metricReplicaLag();
  expect(metric).toMatchObject({ namespace: 'AWS/RDS', metricName: 'AuroraReplicaLag', statistic: 'Maximum' });
  expect(dimensions(metric)).toEqual({ DBClusterIdentifier: cluster, Role: 'READER' });
});

test('replica lag is known for every fixed reader', () => {
  const lags = database.metricReplicaLagByReader();
  expect(lags.map(dimensions)).toEqual([{ DBInstanceIdentifier: reader(1) }, { DBInstanceIdentifier: reader(2) }]);
});

test('restarts are uptimes that fall back, one term for every fixed reader', () => {
  const restarts = database.metricReaderRestarts();
  expect(restarts.expression).toBe('IF(DIFF(uptime1) < 0, 1, 0) + IF(DIFF(uptime2) < 0, 1, 0)');
  expect(Object.keys(restarts.usingMetrics)).toEqual(['uptime1', 'uptime2']);
  expect(restarts.usingMetrics['uptime1']).toMatchObject({ metricName: 'EngineUptime', statistic: 'Minimum' });
});

test.each([
  ['CPUUtilization', 'Average', database.metricCpuUtilization('READER')],
  ['DatabaseConnections', 'Maximum', database.metricDatabaseConnections('READER')],
  ['FreeableMemory', 'Minimum', database.metricFreeableMemory('READER')],
  ['FreeLocalStorage', 'Minimum', database.metricFreeLocalStorage('READER')],
  ['BufferCacheHitRatio', 'Average', database.metricBufferCacheHitRatio('READER')],
])('%s is about one role, as %s', (metricName, statistic, metric) => {
  expect(metric).toMatchObject({ metricName, statistic });
  expect(dimensions(metric)).toEqual({ DBClusterIdentifier: cluster, Role: 'READER' });
});

test.each([
  ['Deadlocks', database.metricDeadlocks()],
  ['CommitLatency', database.metricCommitLatency()],
])('%s is about the writer', (metricName, metric) => {
  expect(metric.metricName).toBe(metricName);
  expect(dimensions(metric)).toEqual({ DBClusterIdentifier: cluster, Role: 'WRITER' });
});

test.each([
  ['MaximumUsedTransactionIDs', database.metricMaximumUsedTransactionIds()],
  ['VolumeBytesUsed', database.metricVolumeBytesUsed()],
  ['ACUUtilization', database.metricAcuUtilization()],
  ['ServerlessDatabaseCapacity', database.metricServerlessDatabaseCapacity()],
])('%s is about the whole cluster', (metricName, metric) => {
  expect(metric).toMatchObject({ metricName, statistic: 'Maximum' });
  expect(dimensions(metric)).toEqual({ DBClusterIdentifier: cluster });
});

test("a caller's options win", () => {
  expect(database.metricReplicaLag({ statistic: cloudwatch.Stats.AVERAGE }).statistic).toBe('Average');
});
