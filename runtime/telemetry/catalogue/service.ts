import type { MetricDescription } from './metric-description';

/** The service and its surroundings: limits, webhooks, live updates, capacity, scaling. */
export const SERVICE_METRICS = [
  {
    name: 'resource_utilization_percent',
    labels: ['resource_type'],
    kind: 'gauge',
    description:
      'How much of its share the process uses: cpu, memory, event_loop. Of the advisor: how full a resource was in 95 % of the hours of a day.',
  },
  {
    name: 'capacity_days_left',
    labels: ['resource_type'],
    kind: 'gauge',
    description: 'Days until the growing use of a resource reaches what is usable of it; absent while nothing grows.',
  },
  {
    name: 'capacity_bottleneck_ratio',
    labels: [],
    kind: 'gauge',
    description: 'Load at which the first resource is full, as a multiple of the busiest hours.',
  },
  {
    name: 'capacity_recommendations',
    labels: [],
    kind: 'gauge',
    description: 'Recommendations of the capacity advisor today.',
  },
  {
    name: 'rate_limited_requests_total',
    labels: ['tier'],
    kind: 'counter',
    description: 'Requests refused by the rate limit of their tier.',
  },
  {
    name: 'shed_requests_total',
    labels: ['reason'],
    kind: 'counter',
    description: 'Requests refused because too many were waiting (queue_full) or they waited too long (queue_timeout).',
  },
  {
    name: 'webhook_attempts_total',
    labels: ['outcome'],
    kind: 'counter',
    description: 'Attempts to deliver a webhook: accepted, failed.',
  },
  {
    name: 'webhook_dead_letters_total',
    labels: [],
    kind: 'counter',
    description: 'Webhooks that could not be delivered in time.',
  },
  {
    name: 'webhook_deliveries_waiting',
    labels: [],
    kind: 'gauge',
    description: 'Webhooks of active subscriptions that wait to be delivered, once a minute.',
  },
  {
    name: 'webhook_oldest_delivery_seconds',
    labels: [],
    kind: 'gauge',
    description: 'Age of the oldest of them, 0 when none waits, once a minute.',
  },
  {
    name: 'live_connections',
    labels: [],
    kind: 'gauge',
    description: 'WebSocket connections that are open.',
  },
  {
    name: 'live_messages_total',
    labels: [],
    kind: 'counter',
    description: 'Messages sent to live connections, one for each connection.',
  },
  {
    name: 'live_messages_lost_total',
    labels: [],
    kind: 'counter',
    description: 'Messages that nobody was told because the shared cache was away.',
  },
  {
    name: 'live_connections_cut_total',
    labels: ['reason'],
    kind: 'counter',
    description:
      'Live connections cut because they read too slowly (slow), did not answer (silent) or sent nonsense (invalid).',
  },
  {
    name: 'instances_running_total',
    labels: ['service'],
    kind: 'gauge',
    description: 'Tasks of a service that run now, once a minute.',
  },
  {
    name: 'auto_scaling_events_total',
    labels: ['action'],
    kind: 'counter',
    description: 'What scaling did: scale_up, scale_down, and at_maximum when it could do no more.',
  },
] as const satisfies readonly MetricDescription[];
