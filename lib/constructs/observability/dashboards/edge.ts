import { Duration } from 'aws-cdk-lib';
import type { WatchedPlatform } from '../watched-platform';
import { apiSections } from './apis';
import type { Section } from './panel';
import { webhookSections } from './webhooks';

const FIVE = { period: Duration.minutes(5) };

/** What comes from outside and goes there: viewers, what the web ACL refuses, the APIs, webhooks. */
export function edgeSections(platform: WatchedPlatform): Section[] {
  return [...viewerSections(platform), ...apiSections(platform), ...webhookSections(platform)];
}

function viewerSections({ delivery, webAcl, additionalMetrics }: WatchedPlatform): Section[] {
  return [
    {
      title: 'CloudFront',
      panels: [
        { title: 'Requests of viewers', left: [delivery.metricRequests({ ...FIVE, label: 'requests' })] },
        {
          title: 'Requests that ended in 5xx, %',
          left: [delivery.metric5xxErrorRate({ ...FIVE, label: '5xx' })],
          alarms: ['edge-errors'],
        },
        ...(additionalMetrics
          ? [
              {
                title: 'Cacheable requests answered at the edge, %',
                left: [delivery.metricCacheHitRate({ ...FIVE, label: 'hits' })],
                alarms: ['edge-hit-rate'],
              },
              {
                title: 'Time to the first byte of the origin, milliseconds',
                left: ['p50', 'p95'].map((statistic) =>
                  delivery.metricOriginLatency({ ...FIVE, statistic, label: statistic }),
                ),
                alarms: ['edge-origin-latency'],
              },
            ]
          : []),
      ],
    },
    {
      title: 'Web ACL',
      panels: [
        {
          title: 'Passed and refused',
          left: [
            webAcl.metricAllowedRequests('ALL', { ...FIVE, label: 'passed' }),
            webAcl.metricBlockedRequests('ALL', { ...FIVE, label: 'refused' }),
          ],
        },
        {
          title: 'Refused by rule',
          left: webAcl.rules.map(({ name }) => webAcl.metricBlockedRequests(name, { ...FIVE, label: name })),
        },
        {
          title: 'Only counted, by rule',
          left: webAcl.rules.map(({ name }) => webAcl.metricCountedRequests(name, { ...FIVE, label: name })),
        },
      ],
    },
  ];
}
