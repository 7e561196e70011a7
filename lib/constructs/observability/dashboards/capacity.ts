import { Duration } from 'aws-cdk-lib';
import type { WatchedPlatform } from '../watched-platform';
import type { Section } from './panel';

const HOUR = { period: Duration.hours(1) };

/** How full everything is, hour by hour over weeks: the trend towards each ceiling. */
export function capacitySections({
  service,
  scalingEvents,
  database,
  pool,
  cache,
  runtime,
}: WatchedPlatform): Section[] {
  return [
    {
      title: 'Tasks',
      panels: [
        {
          title: 'Tasks at the busiest minute of each hour',
          left: [scalingEvents.metricInstancesRunning({ ...HOUR, statistic: 'Maximum', label: 'running' })],
          alarms: ['service-at-maximum'],
        },
        {
          title: 'CPU and memory of the tasks, %',
          left: [
            service.metricCpuUtilization({ ...HOUR, label: 'CPU' }),
            service.metricMemoryUtilization({ ...HOUR, label: 'memory' }),
          ],
        },
        {
          title: 'Busiest task, % (resource_utilization_percent)',
          left: (['cpu', 'memory', 'event_loop'] as const).map((resource) =>
            runtime.metricResourceUtilization(resource, { ...HOUR, label: resource }),
          ),
        },
      ],
    },
    {
      title: 'Data',
      panels: [
        {
          title: 'Database CPU, %',
          left: [
            database.metricCpuUtilization('WRITER', { ...HOUR, label: 'writer' }),
            database.metricCpuUtilization('READER', { ...HOUR, label: 'readers' }),
          ],
        },
        {
          title: 'Connections',
          left: [
            database.metricDatabaseConnections('WRITER', { ...HOUR, label: 'writer' }),
            pool.metricClientConnections({ ...HOUR, statistic: 'Maximum', label: 'clients of the pool' }),
          ],
          alarms: ['database-connections'],
        },
        {
          title: 'Cache memory, %, and size of the database, bytes',
          left: [cache.metricMemoryUtilization()],
          right: [database.metricVolumeBytesUsed({ ...HOUR, label: 'database' })],
          alarms: ['cache-memory'],
        },
      ],
    },
  ];
}
