import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  type CacheCapacity,
  type CacheScalingSettings,
  MAXMEMORY_POLICIES,
  type Range,
} from '../constructs/cache/cache-capacity';
import type { CacheSettings } from '../constructs/cache/valkey-cache';
import type { DeploymentStrategy } from '../constructs/container-service/deployment';
import { FARGATE_CPU_UNITS } from '../constructs/container-service/task-size';
import type { CostSettings } from '../constructs/cost/cost-settings';
import type { ConnectionPoolSettings } from '../constructs/database/connection-pool';
import type { DatabaseCapacity } from '../constructs/database/database-capacity';
import { INSTANCE_MEMORY_GIB } from '../constructs/database/max-connections';
import type { ReaderScalingSettings } from '../constructs/database/reader-scaling';
import type { BalancingAlgorithm } from '../constructs/load-balancer/target-group';
import { INTERFACE_ENDPOINTS, type NetworkSettings } from '../constructs/network/platform-network';
import type {
  BurstTrigger,
  PredictiveScaling,
  ScaleInCondition,
  ScaleOutStep,
  ScaleOutTrigger,
  Tracker,
} from '../constructs/scaling/scaling-policies';
import type { ScheduledMinimum } from '../constructs/scaling/scheduled-minimum';
import type { TimeoutChain } from '../shared/timeout-chain';
import {
  boolean,
  type Check,
  duration,
  either,
  integer,
  list,
  must,
  noneOr,
  number,
  oneOf,
  optional,
  type Shape,
  shape,
  share,
  text,
  variant,
  wordOr,
} from './checks';
import type { EdgeConfig } from './edge-config';
import { EDGE_SHAPE } from './edge-schema';
import type { Objectives } from './objectives';
import type {
  DatabaseConfig,
  FunctionsConfig,
  LoadBalancerConfig,
  Ownership,
  PlatformConfig,
  PrimaryRegion,
  RecoveryRegion,
  ScalingConfig,
  ServiceConfig,
} from './platform-config';

type Kind<T, K> = Extract<T, { kind: K }>;

const anyText = text(/\S/, 'a name');
const region = text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region such as us-east-1');
const seconds = (min: number, max: number): Check => duration(Duration.seconds(min), Duration.seconds(max));
const bakeTime = duration(Duration.minutes(0), Duration.hours(24));

const primary = shape<PrimaryRegion>({
  region,
  availabilityZones: list(text(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'a zone such as us-east-1a'), 2, 3),
  account: optional(text(/^\d{12}$/, 'twelve digits')),
});

const objectives = shape<Objectives>({
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

const timeouts = shape<TimeoutChain>({
  // CloudFront's limit for VPC origins and the load balancer's limit for idle connections.
  edgeKeepAlive: seconds(1, 300),
  loadBalancerIdle: seconds(1, 4000),
  serviceKeepAlive: seconds(1, 4000),
  deregistrationDelay: seconds(0, 3600),
  stopTimeout: seconds(1, 120),
});

const network = shape<NetworkSettings>({
  cidr: text(/^(10|172|192)(\.\d{1,3}){3}\/1[6-9]$/, 'a private range such as 10.20.0.0/16'),
  natGateways: noneOr(integer(1, 3)),
  interfaceEndpoints: list(oneOf(...Object.keys(INTERFACE_ENDPOINTS)), 0, Object.keys(INTERFACE_ENDPOINTS).length),
  flowLogs: oneOf('all', 'rejected'),
});

const algorithm = variant({
  'round-robin': shape<Kind<BalancingAlgorithm, 'round-robin'>>({
    kind: oneOf('round-robin'),
    slowStart: noneOr(seconds(30, 900)),
  }),
  'least-outstanding-requests': shape<Kind<BalancingAlgorithm, 'least-outstanding-requests'>>({
    kind: oneOf('least-outstanding-requests'),
  }),
  'weighted-random': shape<Kind<BalancingAlgorithm, 'weighted-random'>>({
    kind: oneOf('weighted-random'),
    anomalyMitigation: boolean,
  }),
} satisfies Record<BalancingAlgorithm['kind'], Check>);

const loadBalancer = shape<LoadBalancerConfig>({
  algorithm,
  stickiness: noneOr(seconds(1, 604_800)),
  deletionProtection: boolean,
  certificateArn: noneOr(
    text(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, 'the ARN of a certificate'),
  ),
});

const deployment = variant({
  rolling: shape<Kind<DeploymentStrategy, 'rolling'>>({ kind: oneOf('rolling') }),
  canary: shape<Kind<DeploymentStrategy, 'canary'>>({ kind: oneOf('canary'), stepPercent: number(0.1, 100), bakeTime }),
  linear: shape<Kind<DeploymentStrategy, 'linear'>>({ kind: oneOf('linear'), stepPercent: number(3, 100), bakeTime }),
  'blue-green': shape<Kind<DeploymentStrategy, 'blue-green'>>({ kind: oneOf('blue-green'), bakeTime }),
} satisfies Record<DeploymentStrategy['kind'], Check>);

const days = (min: number, max: number): Check => duration(Duration.days(min), Duration.days(max));

const database = shape<DatabaseConfig>({
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

const cache = shape<CacheSettings>({
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

const service = shape<ServiceConfig>({
  cpu: oneOf(...FARGATE_CPU_UNITS),
  memoryMiB: integer(512, 122_880),
  minTasks: integer(1, 5000),
  maxTasks: integer(1, 5000),
  spotTasksInTen: integer(0, 10),
  deployment,
  logRetention: oneOf(...Object.values(RetentionDays).filter((days) => typeof days === 'number')),
  containerInsights: oneOf(...Object.values(ecs.ContainerInsights)),
});

const scaleOutTrigger = shape<ScaleOutTrigger>({
  metric: oneOf('cpuPercent', 'memoryPercent', 'capacityPercent', 'p95Millis'),
  above: number(0, 1e6),
  minutes: integer(1, 100_000),
  steps: list(shape<ScaleOutStep>({ from: number(0, 1e6), add: integer(1, 1000) }), 1, 20),
  cooldown: seconds(0, 86_400),
});

const cron = must('be a cron object such as { hour: "7", weekDay: "MON-FRI" }', (value) => typeof value === 'object');

/** Single values only; what they mean together is in `policyProblems`. */
const scaling = shape<ScalingConfig>({
  out: list(scaleOutTrigger, 1, 4),
  in: shape<ScaleInCondition>({
    cpuPercentBelow: number(0, 100),
    memoryPercentBelow: number(0, 100),
    capacityPercentBelow: number(0, 1e6),
    p95MillisBelow: number(0, 1e6),
    minutes: integer(1, 100_000),
    remove: either(
      shape<{ tasks: number }>({ tasks: integer(1, 1000) }),
      shape<{ percent: number }>({ percent: number(1, 50) }),
    ),
    cooldown: seconds(0, 86_400),
  }),
  trackers: list(
    shape<Tracker>({
      metric: oneOf('cpuPercent', 'memoryPercent', 'capacityPercent'),
      target: number(0, 1e6),
      cooldown: seconds(0, 86_400),
    }),
    0,
    3,
  ),
  bursts: list(
    shape<BurstTrigger>({
      metric: oneOf('cpuPercent', 'memoryPercent'),
      above: number(0, 100),
      datapoints: integer(1, 1000),
      addPercent: number(1, 1000),
      addAtLeast: integer(1, 1000),
      cooldown: seconds(0, 86_400),
    }),
    0,
    2,
  ),
  schedules: list(
    shape<ScheduledMinimum>({
      id: anyText,
      from: cron,
      until: cron,
      timeZone: anyText,
      minimum: integer(1, 5000),
    }),
    0,
    100,
  ),
  predictive: noneOr(
    shape<PredictiveScaling>({
      mode: oneOf('ForecastOnly', 'ForecastAndScale'),
      metric: oneOf('cpuPercent', 'memoryPercent'),
      target: number(0, 100),
      lead: seconds(0, 86_400),
    }),
  ),
  capacityPerTask: number(0.1, 1e6),
  // The owner's limit for an idle task is 512 MB.
  baselineMemoryMiB: number(1, 511),
});

const functions = shape<FunctionsConfig>({ accountConcurrency: integer(10, 1_000_000) });

/** What every field must look like by itself; rules between fields are in `rules.ts`. */
export const PLATFORM_SHAPE = {
  name: text(/^[a-z][a-z0-9-]{0,30}$/, 'a lower-case name such as production'),
  primary,
  recovery: noneOr(shape<RecoveryRegion>({ region })),
  ownership: shape<Ownership>({ owner: anyText, costCenter: anyText }),
  terminationProtection: boolean,
  objectives,
  timeouts,
  network,
  database,
  cache,
  loadBalancer,
  service,
  scaling,
  functions,
  edge: shape<EdgeConfig>(EDGE_SHAPE),
  cost: shape<CostSettings>({
    monthlyBudgetUsd: number(1, 10_000_000),
    anomalyThresholdUsd: number(1, 1_000_000),
    alertEmails: noneOr(list(text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'an address such as costs@example.com'), 1, 10)),
  }),
} satisfies Shape<PlatformConfig>;
