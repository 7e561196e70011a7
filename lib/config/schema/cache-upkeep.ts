import { Duration } from 'aws-cdk-lib';
import type {
  CacheUpkeepSettings,
  PurgingSettings,
  WarmingSettings,
} from '../../constructs/cache-warming/cache-upkeep-settings';
import { duration, integer, noneOr, oneOf, shape } from '../checks';

const minutes = duration(Duration.minutes(1), Duration.days(1));

export const cacheUpkeep = shape<CacheUpkeepSettings>({
  warming: shape<WarmingSettings>({
    every: minutes,
    trendingEvery: minutes,
    shortestTtl: minutes,
    maxKeys: integer(1, 100_000),
    connections: integer(1, 32),
    edge: noneOr(
      shape<Exclude<WarmingSettings['edge'], 'none'>>({
        maxRequests: integer(0, 10_000),
        monthlyRequests: integer(0, 100_000_000),
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
