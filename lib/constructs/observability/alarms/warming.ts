import type { CacheWarmer } from '../../cache-warming/cache-warmer';
import type { Concern } from '../alarm-row';
import { summedUp } from './in-groups';

/**
 * Regions from which the CDN should be warmed and is not. Their functions report in regions of their own, where no alarm
 * of this one sees them; the warmer, which waits for each, sees every way in which they can fail.
 */
export function warmingAlarms(warmer: CacheWarmer): Concern {
  const period = warmer.every;
  return {
    name: 'warming',
    rows: [
      {
        id: 'cache-warming-region',
        says: 'The CDN could not be warmed from another region in three runs out of four',
        metric: summedUp(
          warmer.otherRegions.map((region) => warmer.metricRegionFailures(region, { period })),
          period,
        ),
        when: { atLeast: 1 },
        datapoints: [3, 4],
        severity: 'ticket',
        missing: { counts: 'notBreaching', because: 'no region failed' },
      },
    ],
  };
}
