import { ENVIRONMENTS } from '../../lib/config';
import { jitteredAtLeast } from '../../runtime/cache/policy';
import { cachePolicies, type KeyClass } from '../../service/src/cache-policies';
import { warmClasses } from '../../service/src/warming/warm-classes';

/** What the service keeps of each class that is warmed, in seconds. */
const ttls = (Object.keys(warmClasses) as KeyClass[]).map((name) => {
  const policy = cachePolicies[name];
  return policy.cacheable ? policy.ttlMs / 1_000 : 0;
});

test.each(ENVIRONMENTS.map((config) => [config.name, config.cacheUpkeep.warming] as const))(
  '%s: the shortest TTL of what is warmed is the service’s, and outlives the time between two runs',
  (_, { every, shortestTtl }) => {
    expect(shortestTtl.toSeconds()).toBe(Math.min(...ttls));
    expect(every.toSeconds()).toBeLessThan(jitteredAtLeast(Math.min(...ttls)));
  },
);
