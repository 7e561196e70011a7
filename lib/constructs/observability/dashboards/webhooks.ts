import { Duration } from 'aws-cdk-lib';
import type { WatchedPlatform } from '../watched-platform';
import type { Section } from './panel';

const FIVE = { period: Duration.minutes(5) };

/** What the platform sends to others, and what waits or was given up. */
export function webhookSections({ webhooks }: WatchedPlatform): Section[] {
  if (webhooks === undefined) return [];
  return [
    {
      title: 'Webhooks',
      panels: [
        {
          title: 'Attempts, and webhooks given up',
          left: [
            webhooks.metricAttempts('accepted', { ...FIVE, label: 'accepted' }),
            webhooks.metricAttempts('failed', { ...FIVE, label: 'failed' }),
            webhooks.metricDeadLetters({ ...FIVE, label: 'given up' }),
          ],
        },
        { title: 'Webhooks that wait', left: [webhooks.metricWaiting({ ...FIVE, label: 'waiting' })] },
        {
          title: 'Age of the oldest that waits, seconds',
          left: [webhooks.metricOldestDelivery({ ...FIVE, label: 'oldest' })],
          alarms: ['webhooks-age'],
        },
      ],
    },
  ];
}
