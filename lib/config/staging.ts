import { Duration } from 'aws-cdk-lib';
import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SCALING_PRESETS } from '../constructs/scaling/scaling-presets';
import { API_ROUTES, PARTNER_TIERS } from './api-routes';
import { BEHAVIOURS } from './behaviours';
import type { PlatformConfig } from './platform-config';

/** Production's shape in two zones, small, so that what passes here has met the same load balancer, deployment and scaling. */
export const staging = {
  name: 'staging',
  primary: { region: 'us-east-1', availabilityZones: ['us-east-1a', 'us-east-1b'] },
  recovery: {
    region: 'us-west-2',
    availabilityZones: ['us-west-2a', 'us-west-2b'],
    cidr: '10.31.0.0/16',
  },
  backup: {
    kind: 'plan',
    rules: [
      {
        name: 'continuous',
        kind: 'continuous',
        every: 'day',
        keepFor: Duration.days(7),
        coldAfter: 'never',
        copy: 'none',
      },
      {
        name: 'weekly',
        kind: 'snapshot',
        every: 'week',
        keepFor: Duration.days(7),
        coldAfter: 'never',
        copy: { keepFor: Duration.days(92), coldAfter: 'never' },
      },
    ],
    lock: 'none',
    airGap: 'none',
    restoreTest: { every: 'month', validateWithin: Duration.hours(4) },
    drillEvery: Duration.days(92),
    replication: { database: 'headless', images: 'rebuilt' },
    // Needs an application in the recovery region: deploy this platform there, then name it here (docs/drills.md).
    failover: 'none',
  },
  ownership: { owner: 'platform', costCenter: 'web-staging' },
  terminationProtection: true,
  objectives: {
    latency: { p95: Duration.millis(200), p95Cached: Duration.millis(100) },
    query: { complexMax: Duration.millis(50) },
    cacheHitRatio: { frequent: 0.9, popular: 0.7 },
    availability: 0.99,
    users: { concurrent: 200, stress: 400 },
    traffic: { requestsPerHour: 20_000, peakToMean: 3, spikeFactor: 5, growthFactor: 2 },
    replicationLag: Duration.seconds(60),
    recovery: { point: Duration.hours(1), time: Duration.hours(4) },
  },
  timeouts: {
    edgeKeepAlive: Duration.seconds(60),
    loadBalancerIdle: Duration.seconds(65),
    serviceKeepAlive: Duration.seconds(75),
    deregistrationDelay: Duration.seconds(30),
    stopTimeout: Duration.seconds(60),
  },
  network: { cidr: '10.30.0.0/16', natGateways: 1, interfaceEndpoints: [], flowLogs: 'rejected' },
  database: {
    capacity: { kind: 'serverless', minAcu: 1, maxAcu: 8, autoPauseAfter: 'never' },
    storage: 'standard',
    backupRetention: Duration.days(7),
    insights: 'standard',
    deletionProtection: false,
    removal: 'snapshot',
    planManagement: true,
    minReaders: 1,
    readerScaling: { maxReaders: 3, target: { kind: 'cpu', percent: 60 } },
    pool: { maxConnectionsPercent: 80 },
    connectionsPerEndpoint: 8,
  },
  cache: {
    capacity: {
      kind: 'nodes',
      nodeType: 'cache.t4g.small',
      shards: 1,
      replicasPerShard: 1,
      clusterMode: false,
      automaticFailover: true,
      scaling: 'fixed',
      maxmemoryPolicy: 'volatile-lfu',
    },
    snapshotRetention: Duration.days(1),
  },
  loadBalancer: {
    algorithm: { kind: 'least-outstanding-requests' },
    stickiness: 'none',
    deletionProtection: true,
    certificateArn: 'none',
  },
  service: {
    cpu: 512,
    memoryMiB: 1024,
    minTasks: 2,
    maxTasks: 4,
    spotTasksInTen: 9,
    deployment: { kind: 'canary', stepPercent: 50, bakeTime: Duration.minutes(5) },
    logRetention: RetentionDays.ONE_MONTH,
    tracing: { samplePercent: 20 },
    containerInsights: ContainerInsights.ENABLED,
  },
  // The share of production's planning figure that this task's CPU is; see there.
  scaling: { ...SCALING_PRESETS.responsive, capacityPerTask: 50, baselineMemoryMiB: 100 },
  functions: { accountConcurrency: 1000 },
  background: {
    eventArchive: 'none',
    relay: Duration.seconds(65),
    jobTimeout: Duration.minutes(1),
    processing: { kind: 'function', maxConcurrency: 5 },
    popularityDays: 30,
  },
  serverlessApi: {
    functions: [
      { name: 'api', memoryMiB: 1024, reservedConcurrency: 5, connectionsPerEndpoint: 1, provisioned: 'none' },
    ],
    routes: API_ROUTES,
    partners: { tiers: PARTNER_TIERS, keys: [{ name: 'example', tier: 'standard' }] },
    visitors: { requestsPerSecond: 200, burst: 400 },
    logRetention: RetentionDays.ONE_MONTH,
  },
  webhooks: { cpu: 256, memoryMiB: 512, tasks: 1 },
  cacheUpkeep: {
    warming: {
      every: Duration.minutes(5),
      trendingEvery: Duration.minutes(5),
      shortestTtl: Duration.minutes(10),
      maxKeys: 500,
      connections: 1,
      edge: 'none',
    },
    purging: {
      window: Duration.seconds(5),
      wildcardFrom: 200,
      monthlyPaths: 1000,
      whenSpent: 'wildcard',
    },
  },
  edge: {
    domain: 'none',
    originTlsName: 'none',
    originPrefixList: 'pl-3b927c52',
    behaviours: BEHAVIOURS,
    priceClass: PriceClass.PRICE_CLASS_100,
    originShield: false,
    additionalMetrics: true,
    logRetention: Duration.days(30),
    webAcl: {
      allowedAddresses: [],
      deniedAddresses: [],
      managedGroups: {
        // Counts first: what it would have done to real clients is seen here before production enforces it.
        'anti-ddos': 'count',
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
    dashboards: ['overview', 'database', 'cache'],
    canary: { every: Duration.minutes(15) },
    serviceLevelObjectives: 'none',
  },
  cost: { monthlyBudgetUsd: 1_200, anomalyThresholdUsd: 50, alertEmails: 'none' },
} as const satisfies PlatformConfig;
