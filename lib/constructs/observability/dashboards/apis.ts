import { Duration } from 'aws-cdk-lib';
import { watchedApis } from '../alarms/apis';
import type { WatchedPlatform } from '../watched-platform';
import type { Section } from './panel';

const FIVE = { period: Duration.minutes(5) };

/** What each API was asked, what became of it, and how long it took. */
export function apiSections({ api }: WatchedPlatform): Section[] {
  return watchedApis(api).map(([who, metrics]) => ({
    title: `API of ${who}`,
    panels: [
      { title: 'Requests', left: [metrics.metricRequests({ ...FIVE, label: 'requests' })] },
      {
        title: 'Requests that failed or were refused, %',
        left: [
          metrics.metricErrorPercent(1, { ...FIVE, label: 'failed' }),
          metrics.metricRefusedPercent(1, { ...FIVE, label: 'refused' }),
        ],
        alarms: [`api-errors-${who}`, `api-refused-${who}`],
      },
      {
        title: 'Time of a request, milliseconds',
        left: ['p50', 'p95'].map((statistic) => metrics.metricLatency({ ...FIVE, statistic, label: statistic })),
        alarms: [`api-latency-${who}`],
      },
    ],
  }));
}
