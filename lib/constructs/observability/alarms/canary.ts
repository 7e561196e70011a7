import type { Concern } from '../alarm-row';
import type { SiteCanary } from '../canary';

/** Longest that a walk of four requests may take, its cold start included, in milliseconds. */
const SLOW_WALK = 10_000;

/** What a visitor from outside gets. */
export function canaryAlarms(canary: SiteCanary): Concern {
  return {
    name: 'canary',
    rows: [
      {
        id: 'canary-failing',
        says: 'A visitor from outside does not get through: two of three walks through the site failed',
        metric: canary.metricSuccessPercent(),
        when: { below: 100 },
        datapoints: [2, 3],
        severity: 'page',
        missing: { counts: 'breaching', because: 'it walks on a schedule: no data means that it cannot even do that' },
      },
      {
        id: 'canary-slow',
        says: `A walk through the site takes longer than ${SLOW_WALK / 1000} s`,
        metric: canary.metricDuration(),
        when: { above: SLOW_WALK },
        datapoints: [3, 3],
        severity: 'ticket',
        missing: { counts: 'notBreaching', because: 'canary-failing tells when it does not walk' },
      },
    ],
  };
}
