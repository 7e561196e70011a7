import type { WatchedPlatform } from '../watched-platform';
import { errorBudget } from './error-budget';
import type { Section } from './panel';

/** What one looks at first: what users get, what serves them, what that rests on. */
export function overviewSections(platform: WatchedPlatform): Section[] {
  const { loadBalancer, scalingEvents, service, database, pool, cache, runtime, objectives } = platform;
  return [
    {
      title: 'Users',
      panels: [
        {
          title: 'Requests per minute',
          left: [loadBalancer.metricRequestCount({ label: 'requests' })],
        },
        {
          title: 'Failed requests, %',
          left: [loadBalancer.metricErrorPercent(1)],
          alarms: ['availability-burn-fast-short'],
        },
        {
          title: 'Response time, seconds',
          left: ['p50', 'p95', 'p99'].map((statistic) =>
            loadBalancer.metricTargetResponseTime({ statistic, label: statistic }),
          ),
          alarms: ['load-balancer-latency'],
        },
        ...errorBudget(loadBalancer, objectives),
      ],
    },
    {
      title: 'Service',
      panels: [
        {
          title: 'Tasks',
          left: [scalingEvents.metricInstancesRunning({ label: 'running' })],
          alarms: ['service-below-minimum', 'service-at-maximum'],
        },
        {
          title: 'CPU and memory of the tasks, %',
          left: [service.metricCpuUtilization({ label: 'CPU' }), service.metricMemoryUtilization({ label: 'memory' })],
          alarms: ['service-cpu'],
        },
      ],
    },
    {
      title: 'Data',
      panels: [
        {
          title: 'Database CPU, %',
          left: [
            database.metricCpuUtilization('WRITER', { label: 'writer' }),
            database.metricCpuUtilization('READER', { label: 'readers' }),
          ],
          alarms: ['database-writer-cpu'],
        },
        {
          title: 'Pool in use, %',
          left: [
            pool.metricUtilization('READ_WRITE', { label: 'writer' }),
            pool.metricUtilization('READ_ONLY', { label: 'readers' }),
          ],
          alarms: ['pool-writer-utilization'],
        },
        {
          title: 'Cache hit rate, 0 to 1',
          left: (['memory', 'server', 'query'] as const).map((tier) =>
            runtime.metricCacheHitRate(tier, { label: tier }),
          ),
          right: [cache.metricHitRatio({ label: 'server, %' })],
          alarms: ['cache-hit-rate-server'],
        },
      ],
    },
  ];
}
