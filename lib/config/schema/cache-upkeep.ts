import { Duration } from 'aws-cdk-lib';
import type {
  CacheUpkeepSettings,
  EdgeWarmingSettings,
  PurgingSettings,
  WarmingSettings,
} from '../../constructs/cache-warming/cache-upkeep-settings';
import { duration, integer, list, noneOr, oneOf, shape } from '../checks';
import { region } from './values';

const minutes = duration(Duration.minutes(1), Duration.days(1));

export const cacheUpkeep = shape<CacheUpkeepSettings>({
  warming: shape<WarmingSettings>({
    every: minutes,
    trendingEvery: minutes,
    shortestTtl: minutes,
    maxKeys: integer(1, 100_000),
    connections: integer(1, 32),
    edge: noneOr(
      shape<EdgeWarmingSettings>({
        maxRequests: integer(1, 10_000),
        monthlyRequests: integer(1, 100_000_000),
        // One alarm watches them all, and takes ten metrics.
        regions: list(region, 0, 10),
      }),
    ),
  }),
  purging: shape<PurgingSettings>({
    window: duration(Duration.millis(100), Duration.minutes(1)),
    wildcardFrom: integer(2, 3_000),
    monthlyPaths: integer(0, 10_000_000),
    whenSpent: oneOf('wildcard', 'ttl'),
  }),
});
