import type { Objectives } from '../../lib/config';
import type { LoadObjectives } from '../../test/load/judge';
import type { Basis } from '../../test/load/profiles';

const SECONDS_PER_HOUR = 3600;

/** What profiles are measured in, from the objectives; `rate` stands for today's load and for the users when given. */
export function basisOf({ users, traffic }: Objectives, rate?: number): Basis {
  return {
    requestsPerSecond: rate ?? traffic.requestsPerHour / SECONDS_PER_HOUR,
    concurrentUsers: Math.ceil(rate ?? users.concurrent),
    stressUsers: Math.ceil(rate === undefined ? users.stress : (rate * users.stress) / users.concurrent),
    spikeFactor: traffic.spikeFactor,
    growthFactor: traffic.growthFactor,
  };
}

/** What a load test is judged by. */
export function limitsOf({ latency, availability }: Objectives): LoadObjectives {
  return {
    p95Ms: latency.p95.toMilliseconds(),
    p95CachedMs: latency.p95Cached.toMilliseconds(),
    availability,
  };
}
