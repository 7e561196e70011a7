import type { WatchedPlatform } from '../watched-platform';
import type { Section } from './panel';

/** How many tasks there are, what moved them, and whether the work is spread evenly. */
export function scalingSections({ loadBalancer, service, scalingEvents, events, runtime }: WatchedPlatform): Section[] {
  return [
    {
      title: 'Tasks',
      panels: [
        {
          title: 'Tasks that run (instances_running_total)',
          left: [scalingEvents.metricInstancesRunning({ label: 'running' })],
          alarms: ['service-below-minimum', 'service-at-maximum'],
        },
        {
          title: 'What scaling did (auto_scaling_events_total)',
          left: (['scale_up', 'scale_down', 'at_maximum'] as const).map((action) =>
            scalingEvents.metricScalingEvents(action, { label: action }),
          ),
        },
        {
          title: 'Tasks that died, deployments that failed',
          left: [
            events.metricTaskCrashes({ label: 'tasks died' }),
            events.metricFailedDeployments({ label: 'deployments failed' }),
          ],
        },
      ],
    },
    {
      title: 'What moves them',
      panels: [
        {
          title: 'CPU and memory, %',
          left: [service.metricCpuUtilization({ label: 'CPU' }), service.metricMemoryUtilization({ label: 'memory' })],
          alarms: ['service-cpu'],
        },
        { title: 'Requests per task and minute', left: [loadBalancer.metricRequestCountPerTarget()] },
        {
          title: 'Refused because too many waited',
          left: [
            runtime.metricShedRequests('queue_full', { label: 'queue full' }),
            runtime.metricShedRequests('queue_timeout', { label: 'waited too long' }),
          ],
        },
      ],
    },
    {
      title: 'Evenness',
      panels: [
        {
          title: 'Busiest zone, multiple of its share',
          left: [loadBalancer.metricZoneImbalance(1)],
          alarms: ['load-balancer-uneven-zones'],
        },
        {
          title: 'Busiest task, multiple of the mean',
          left: [service.metricTaskImbalance()],
          alarms: ['service-uneven-tasks'],
        },
        { title: 'Tasks that fail their health checks', left: [loadBalancer.metricUnhealthyHostCount()] },
      ],
    },
  ];
}
