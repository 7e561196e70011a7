import {
  type CacheCapacity,
  type CacheScalingSettings,
  MAXMEMORY_POLICIES,
  type Range,
} from '../../constructs/cache/cache-capacity';
import type { CacheSettings } from '../../constructs/cache/valkey-cache';
import type { ConnectionPoolSettings } from '../../constructs/database/connection-pool';
import type { DatabaseCapacity } from '../../constructs/database/database-capacity';
import { INSTANCE_MEMORY_GIB } from '../../constructs/database/max-connections';
import type { ReaderScalingSettings } from '../../constructs/database/reader-scaling';
import { boolean, type Check, integer, number, oneOf, optional, shape, text, variant, wordOr } from '../checks';
import type { DatabaseConfig } from '../platform-config';
import { days, type Kind, seconds } from './values';

export const database = shape<DatabaseConfig>({
  capacity: variant({
    provisioned: shape<Kind<DatabaseCapacity, 'provisioned'>>({
      kind: oneOf('provisioned'),
      instanceClass: oneOf(...Object.keys(INSTANCE_MEMORY_GIB)),
    }),
    serverless: shape<Kind<DatabaseCapacity, 'serverless'>>({
      kind: oneOf('serverless'),
      minAcu: number(0, 256),
      maxAcu: number(1, 256),
      autoPauseAfter: wordOr('never', seconds(300, 86_400)),
    }),
  } satisfies Record<DatabaseCapacity['kind'], Check>),
  storage: oneOf('standard', 'io-optimized'),
  backupRetention: days(1, 35),
  insights: oneOf('standard', 'advanced'),
  deletionProtection: boolean,
  removal: oneOf('retain', 'snapshot'),
  planManagement: boolean,
  minReaders: integer(0, 15),
  readerScaling: wordOr(
    'fixed',
    shape<ReaderScalingSettings>({
      maxReaders: integer(1, 15),
      target: variant({
        cpu: shape<Kind<ReaderScalingSettings['target'], 'cpu'>>({ kind: oneOf('cpu'), percent: number(1, 99) }),
        connections: shape<Kind<ReaderScalingSettings['target'], 'connections'>>({
          kind: oneOf('connections'),
          perReader: integer(1, 5000),
        }),
      } satisfies Record<ReaderScalingSettings['target']['kind'], Check>),
      scaleOutCooldown: optional(seconds(0, 86_400)),
      scaleInCooldown: optional(seconds(0, 86_400)),
    }),
  ),
  pool: shape<ConnectionPoolSettings>({
    maxConnectionsPercent: integer(1, 100),
    maxIdleConnectionsPercent: optional(integer(0, 100)),
    borrowTimeout: optional(seconds(1, 300)),
    idleClientTimeout: optional(seconds(1, 28_800)),
  }),
  connectionsPerEndpoint: integer(1, 200),
});

const range = (min: number, max: number): Check => shape<Range>({ min: integer(min, max), max: integer(min, max) });

export const cache = shape<CacheSettings>({
  capacity: variant({
    nodes: shape<Kind<CacheCapacity, 'nodes'>>({
      kind: oneOf('nodes'),
      nodeType: text(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'a node type such as cache.r7g.large'),
      shards: integer(1, 500),
      replicasPerShard: integer(0, 5),
      clusterMode: boolean,
      automaticFailover: boolean,
      scaling: wordOr(
        'fixed',
        shape<CacheScalingSettings>({
          maxShards: integer(1, 500),
          maxReplicasPerShard: integer(0, 5),
          cpuPercent: number(35, 70),
        }),
      ),
      maxmemoryPolicy: oneOf(...MAXMEMORY_POLICIES),
    }),
    serverless: shape<Kind<CacheCapacity, 'serverless'>>({
      kind: oneOf('serverless'),
      dataGb: range(1, 5000),
      ecpuPerSecond: range(1000, 15_000_000),
    }),
  } satisfies Record<CacheCapacity['kind'], Check>),
  snapshotRetention: days(0, 35),
});
