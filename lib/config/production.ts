import { Duration } from 'aws-cdk-lib';
import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DASHBOARD_NAMES } from '../constructs/observability/observability-settings';
import { SCALING_PRESETS } from '../constructs/scaling/scaling-presets';
import { API_ROUTES, PARTNER_TIERS } from './api-routes';
import { BEHAVIOURS } from './behaviours';
import type { PlatformConfig } from './platform-config';

/** Sized for the owner's targets: 2 to 10 tasks over three zones, copies in a second region, nothing that a deploy can lose. */
export const production = {
  name: 'production',
  primary: { region: 'us-east-1', availabilityZones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] },
  recovery: {
    region: 'us-west-2',
    availabilityZones: ['us-west-2a', 'us-west-2b', 'us-west-2c'],
    cidr: '10.21.0.0/16',
  },
  backup: {
    kind: 'plan',
    rules: [
      {
        name: 'continuous',
        kind: 'continuous',
        every: 'day',
        keepFor: Duration.days(35),
        coldAfter: 'never',
        copy: 'none',
      },
      {
        name: 'daily',
        kind: 'snapshot',
        every: 'day',
        keepFor: Duration.days(7),
        coldAfter: 'never',
        copy: { keepFor: Duration.days(7), coldAfter: 'never' },
      },
      {
        name: 'weekly',
        kind: 'snapshot',
        every: 'week',
        keepFor: Duration.days(35),
        coldAfter: 'never',
        copy: { keepFor: Duration.days(35), coldAfter: 'never' },
      },
      {
        name: 'monthly',
        kind: 'snapshot',
        every: 'month',
        keepFor: Duration.days(35),
        coldAfter: 'never',
        copy: { keepFor: Duration.days(365), coldAfter: 'never' },
      },
    ],
    // Whoever takes over an account has its permissions, but seldom the patience of a week.
    lock: { kind: 'governance', keepAtLeast: Duration.days(7), keepAtMost: Duration.days(400) },
    airGap: 'none',
    restoreTest: { every: 'week', validateWithin: Duration.hours(4) },
    drillEvery: Duration.days(92),
    // Copies of the day lose a day with the region; the objective is minutes.
    replication: { database: 'headless', images: 'rebuilt' },
    // Needs an application in the recovery region: deploy this platform there, then name it here (docs/drills.md).
    failover: 'none',
  },
  ownership: { owner: 'platform', costCenter: 'web-production' },
  terminationProtection: true,
  objectives: {
    latency: { p95: Duration.millis(200), p95Cached: Duration.millis(100) },
    query: { complexMax: Duration.millis(50) },
    cacheHitRatio: { frequent: 0.9, popular: 0.7 },
    availability: 0.999,
    users: { concurrent: 1_000, stress: 2_000 },
    traffic: { requestsPerHour: 100_000, peakToMean: 3, spikeFactor: 5, growthFactor: 10 },
    replicationLag: Duration.seconds(60),
    recovery: { point: Duration.minutes(5), time: Duration.hours(1) },
  },
  timeouts: {
    edgeKeepAlive: Duration.seconds(60),
    loadBalancerIdle: Duration.seconds(65),
    serviceKeepAlive: Duration.seconds(75),
    deregistrationDelay: Duration.seconds(30),
    stopTimeout: Duration.seconds(60),
  },
  network: {
    cidr: '10.20.0.0/16',
    natGateways: 3,
    // Image layers come through the free S3 gateway endpoint; the rest is too little traffic to pay endpoints for.
    interfaceEndpoints: [],
    flowLogs: 'rejected',
  },
  database: {
    capacity: { kind: 'provisioned', instanceClass: 'r8g.large' },
    storage: 'standard',
    backupRetention: Duration.days(35),
    insights: 'advanced',
    deletionProtection: true,
    removal: 'retain',
    planManagement: true,
    minReaders: 2,
    readerScaling: { maxReaders: 6, target: { kind: 'cpu', percent: 60 } },
    pool: { maxConnectionsPercent: 80 },
    connectionsPerEndpoint: 8,
  },
  cache: {
    capacity: {
      kind: 'nodes',
      nodeType: 'cache.r7g.large',
      shards: 1,
      // One in each of the other two zones.
      replicasPerShard: 2,
      clusterMode: false,
      automaticFailover: true,
      scaling: 'fixed',
      // Sessions and jobs must stay while what can be loaded again goes: only keys with a time to live are thrown out.
      maxmemoryPolicy: 'volatile-lfu',
    },
    snapshotRetention: Duration.days(7),
  },
  loadBalancer: {
    algorithm: { kind: 'least-outstanding-requests' },
    stickiness: 'none',
    deletionProtection: true,
    certificateArn: 'none',
  },
  service: {
    cpu: 1024,
    memoryMiB: 2048,
    minTasks: 2,
    maxTasks: 10,
    spotTasksInTen: 0,
    deployment: { kind: 'canary', stepPercent: 10, bakeTime: Duration.minutes(5) },
    logRetention: RetentionDays.THREE_MONTHS,
    tracing: { samplePercent: 5 },
    containerInsights: ContainerInsights.ENHANCED,
  },
  // A planning figure, 10 ms of one vCPU per request: the reference service was measured at 30 times that
  // (docs/benchmarks.md), and applications do more per request; replace it by what `npm run load` measures on yours.
  // An idle task was measured at 56 MiB before it had database and cache clients.
  scaling: { ...SCALING_PRESETS.responsive, capacityPerTask: 100, baselineMemoryMiB: 100 },
  functions: { accountConcurrency: 1000 },
  background: {
    // The outbox keeps what it published for three days; an archive is for readers that come later.
    eventArchive: 'none',
    relay: Duration.seconds(65),
    jobTimeout: Duration.minutes(1),
    // On-demand base of one small task; nine of ten beyond it on Spot.
    processing: {
      kind: 'workers',
      cpu: 256,
      memoryMiB: 512,
      minTasks: 1,
      maxTasks: 4,
      concurrency: 4,
      maxWait: Duration.minutes(5),
      // A planning figure; measure yours.
      jobTime: Duration.millis(500),
    },
    popularityDays: 30,
  },
  serverlessApi: {
    functions: [
      {
        name: 'api',
        memoryMiB: 1024,
        reservedConcurrency: 20,
        connectionsPerEndpoint: 1,
        provisioned: { min: 1, max: 10, targetPercent: 70, schedules: [] },
      },
    ],
    routes: API_ROUTES,
    partners: { tiers: PARTNER_TIERS, keys: [{ name: 'example', tier: 'standard' }] },
    visitors: { requestsPerSecond: 1_000, burst: 2_000 },
    logRetention: RetentionDays.THREE_MONTHS,
  },
  // Two, so that one delivers while the other is replaced.
  webhooks: { cpu: 256, memoryMiB: 512, tasks: 2 },
  cacheUpkeep: {
    // A million requests are 1 USD a month at the edge and 0.75 USD at the web ACL; 4,000 paths beyond the free ones 20 USD.
    warming: {
      every: Duration.minutes(5),
      trendingEvery: Duration.minutes(1),
      shortestTtl: Duration.minutes(10),
      maxKeys: 5000,
      connections: 2,
      // Half of them from the west coast, whose viewers would wait for the other one: 1 USD a month with its function, in
      // a region that is set up already. A month has 8,928 full runs; the rest is for what trends and was invalidated.
      edge: { maxRequests: 100, monthlyRequests: 1_000_000, regions: ['us-west-2'] },
    },
    purging: {
      window: Duration.seconds(5),
      wildcardFrom: 200,
      monthlyPaths: 5000,
      whenSpent: 'wildcard',
    },
  },
  edge: {
    domain: 'none',
    originTlsName: 'none',
    originPrefixList: 'pl-3b927c52',
    behaviours: BEHAVIOURS,
    priceClass: PriceClass.PRICE_CLASS_100,
    originShield: true,
    additionalMetrics: true,
    logRetention: Duration.days(90),
    webAcl: {
      allowedAddresses: [],
      deniedAddresses: [],
      managedGroups: {
        'anti-ddos': 'enforce',
        'ip-reputation': 'enforce',
        'known-bad-inputs': 'enforce',
        common: 'enforce',
        'sql-injection': 'enforce',
        // Many honest viewers come through VPNs: look at the counts before you enforce it.
        'anonymous-ip': 'count',
      },
      // Above what the service allows each tier for real (service/src/rate-limits.ts), with room for what the cache answers.
      tiers: {
        anonymous: { requests: 6_000, window: Duration.minutes(5) },
        free: { requests: 6_000, window: Duration.minutes(5) },
        standard: { requests: 60_000, window: Duration.minutes(5) },
        premium: { requests: 600_000, window: Duration.minutes(5) },
      },
      pathLimits: [
        {
          name: 'session',
          path: '/api/session',
          limit: { requests: 60, window: Duration.minutes(1) },
          action: 'captcha',
        },
      ],
      addressCeiling: { requests: 600_000, window: Duration.minutes(5) },
    },
  },
  observability: {
    pageEmails: 'none',
    ticketEmails: 'none',
    quietDuringDeployments: true,
    dashboards: DASHBOARD_NAMES,
    canary: { every: Duration.minutes(5) },
    serviceLevelObjectives: 'none',
  },
  cost: { monthlyBudgetUsd: 2500, anomalyThresholdUsd: 100, alertEmails: 'none' },
} as const satisfies PlatformConfig;
