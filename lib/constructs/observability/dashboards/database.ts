import type { WatchedPlatform } from '../watched-platform';
import type { Section } from './panel';

/** The instances, the readers' lag, the pool before them. */
export function databaseSections({ database, pool, runtime }: WatchedPlatform): Section[] {
  const roles = ['WRITER', 'READER'] as const;
  const serverless = database.capacity.kind === 'serverless';
  return [
    {
      title: 'Instances',
      panels: [
        {
          title: 'CPU, %',
          left: roles.map((role) => database.metricCpuUtilization(role, { label: role.toLowerCase() })),
          alarms: ['database-writer-cpu'],
        },
        {
          title: 'Connections',
          left: roles.map((role) => database.metricDatabaseConnections(role, { label: role.toLowerCase() })),
          alarms: ['database-connections'],
        },
        serverless
          ? {
              title: 'Capacity, ACU, and % of the ceiling',
              left: [database.metricServerlessDatabaseCapacity({ label: 'ACU' })],
              right: [database.metricAcuUtilization({ label: '% of the ceiling' })],
            }
          : {
              title: 'Memory that is free, bytes',
              left: roles.map((role) => database.metricFreeableMemory(role, { label: role.toLowerCase() })),
              alarms: ['database-memory'],
            },
      ],
    },
    {
      title: 'Readers',
      panels: [
        {
          title: 'Replication lag, milliseconds',
          left: [
            database.metricReplicaLag({ label: 'slowest' }),
            ...database
              .metricReplicaLagByReader()
              .map((metric, index) => metric.with({ label: `reader ${index + 1}` })),
          ],
          alarms: ['database-replica-lag-warning', 'database-replica-lag-high', 'database-replica-lag-critical'],
        },
        { title: 'Restarts', left: database.readers > 0 ? [database.metricReaderRestarts()] : [] },
        {
          title: 'Reads that fell back to the writer',
          left: [runtime.metricReadsFallenBack({ label: 'fell back' })],
        },
      ],
    },
    {
      title: 'Pool',
      panels: [
        {
          title: 'In use, %',
          left: [
            pool.metricUtilization('READ_WRITE', { label: 'writer' }),
            pool.metricUtilization('READ_ONLY', { label: 'readers' }),
          ],
          alarms: ['pool-writer-utilization'],
        },
        {
          title: 'Clients, and connections that are pinned',
          left: [pool.metricClientConnections({ label: 'clients' })],
          right: [pool.metricPinnedConnections({ label: 'pinned' })],
        },
        {
          title: 'Waiting for a connection and for an answer, microseconds',
          left: [
            pool.metricBorrowLatency({ label: 'connection' }),
            pool.metricQueryDatabaseResponseLatency({ label: 'answer' }),
          ],
          alarms: ['database-slow-queries'],
        },
      ],
    },
    {
      title: 'Health',
      panels: [
        { title: 'Deadlocks per second', left: [database.metricDeadlocks()], alarms: ['database-deadlocks'] },
        {
          title: 'Page reads from memory, %',
          left: roles.map((role) => database.metricBufferCacheHitRatio(role, { label: role.toLowerCase() })),
          alarms: ['database-buffer-cache'],
        },
        {
          title: 'Transaction ids in use, and size in bytes',
          left: [database.metricMaximumUsedTransactionIds({ label: 'transaction ids' })],
          right: [database.metricVolumeBytesUsed({ label: 'bytes' })],
          alarms: ['database-transaction-ids'],
        },
      ],
    },
  ];
}
