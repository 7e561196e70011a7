import { Duration } from 'aws-cdk-lib';
import type { TimeoutChain } from '../../shared/timeout-chain';
import { duration, integer, list, number, optional, shape, share, text } from '../checks';
import type { Objectives } from '../objectives';
import type { PrimaryRegion } from '../platform-config';
import { region, seconds, zone } from './values';

export const primary = shape<PrimaryRegion>({
  region,
  availabilityZones: list(zone, 2, 3),
  account: optional(text(/^\d{12}$/, 'twelve digits')),
});

export const objectives = shape<Objectives>({
  latency: shape<Objectives['latency']>({
    p95: duration(Duration.millis(1), Duration.seconds(60)),
    p95Cached: duration(Duration.millis(1), Duration.seconds(60)),
  }),
  query: shape<Objectives['query']>({ complexMax: duration(Duration.millis(1), Duration.seconds(60)) }),
  cacheHitRatio: shape<Objectives['cacheHitRatio']>({ frequent: share, popular: share }),
  availability: share,
  users: shape<Objectives['users']>({ concurrent: integer(1, 10_000_000), stress: integer(1, 10_000_000) }),
  traffic: shape<Objectives['traffic']>({
    requestsPerHour: number(1, 1e10),
    peakToMean: number(1, 100),
    spikeFactor: number(1, 100),
    growthFactor: number(1, 1000),
  }),
  replicationLag: seconds(1, 3600),
  recovery: shape<Objectives['recovery']>({ point: seconds(1, 86_400), time: seconds(1, 604_800) }),
});

export const timeouts = shape<TimeoutChain>({
  // CloudFront's limit for VPC origins and the load balancer's limit for idle connections.
  edgeKeepAlive: seconds(1, 300),
  loadBalancerIdle: seconds(1, 4000),
  serviceKeepAlive: seconds(1, 4000),
  deregistrationDelay: seconds(0, 3600),
  stopTimeout: seconds(1, 120),
});
