import { Duration } from 'aws-cdk-lib';
import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SCALING_PRESETS } from '../constructs/scaling/scaling-presets';
import { API_ROUTES, PARTNER_TIERS } from './api-routes';
import { BEHAVIOURS } from './behaviours';
import type { PlatformConfig } from './platform-config';

/** As cheap as it can be and still be the same shape: smallest sizes, one NAT gateway, nothing protected from deletion. */
export const development = {
  name: 'development',
  primary: { region: 'us-east-1', availabilityZones: ['us-east-1a', 'us-east-1b'] },
  recovery: 'none',
  backup: { kind: 'none', reason: 'its data is made up and made again by the next deployment' },
  ownership: { owner: 'platform', costCenter: 'web-development' },
  terminationProtection: false,
  objectives: {
    latency: { p95: Duration.millis(500), p95Cached: Duration.millis(250) },
    query: { complexMax: Duration.millis(50) },
    cacheHitRatio: { frequent: 0.9, popular: 0.7 },
    availability: 0.9,
    users: { concurrent: 10, stress: 20 },
    traffic: { requestsPerHour: 1_000, peakToMean: 3, spikeFactor: 2, growthFactor: 1 },
    replicationLag: Duration.seconds(60),
    recovery: { point: Duration.hours(24), time: Duration.hours(24) },
  },
  timeouts: {
    edgeKeepAlive: Duration.seconds(60),
    loadBalancerIdle: Duration.seconds(65),
    serviceKeepAlive: Duration.seconds(75),
    deregistrationDelay: Duration.seconds(5),
    stopTimeout: Duration.seconds(30),
  },
  network: { cidr: '10.40.0.0/16', natGateways: 1, interfaceEndpoints: [], flowLogs: 'rejected' },
  database: {
    // Not 0: the pool keeps a connection open, so the database would never pause.
    capacity: { kind: 'serverless', minAcu: 0.5, maxAcu: 2, autoPauseAfter: 'never' },
    storage: 'standard',
    backupRetention: Duration.days(1),
    insights: 'standard',
    deletionProtection: false,
    removal: 'snapshot',
    planManagement: false,
    minReaders: 1,
    readerScaling: 'fixed',
    pool: { maxConnectionsPercent: 80 },
    connectionsPerEndpoint: 4,
  },
  cache: {
    capacity: {
      kind: 'nodes',
      nodeType: 'cache.t4g.micro',
      shards: 1,
      replicasPerShard: 0,
      clusterMode: false,
      automaticFailover: false,
      scaling: 'fixed',
      maxmemoryPolicy: 'volatile-lfu',
    },
    snapshotRetention: Duration.days(0),
  },
  loadBalancer: {
    algorithm: { kind: 'least-outstanding-requests' },
    stickiness: 'none',
    deletionProtection: false,
    certificateArn: 'none',
  },
  service: {
    cpu: 256,
    memoryMiB: 512,
    minTasks: 1,
    maxTasks: 2,
    spotTasksInTen: 9,
    deployment: { kind: 'rolling' },
    logRetention: RetentionDays.ONE_WEEK,
    tracing: 'none',
    containerInsights: ContainerInsights.DISABLED,
  },
  // The share of production's planning figure that this task's CPU is; see there.
  scaling: {
    ...SCALING_PRESETS.required,
    // 40 ms of work on a quarter of a vCPU have a p95 of 110 ms without any load: below 100 ms no task would ever go.
    in: { ...SCALING_PRESETS.required.in, p95MillisBelow: 250 },
    capacityPerTask: 25,
    baselineMemoryMiB: 100,
  },
  functions: { accountConcurrency: 1000 },
  background: {
    eventArchive: 'none',
    // An event within a minute is soon enough where nobody waits for it.
    relay: Duration.seconds(0),
    jobTimeout: Duration.minutes(1),
    processing: { kind: 'function', maxConcurrency: 2 },
    popularityDays: 30,
  },
  serverlessApi: {
    functions: [
      { name: 'api', memoryMiB: 1024, reservedConcurrency: 2, connectionsPerEndpoint: 1, provisioned: 'none' },
    ],
    routes: API_ROUTES,
    partners: { tiers: PARTNER_TIERS, keys: [{ name: 'example', tier: 'standard' }] },
    visitors: { requestsPerSecond: 20, burst: 40 },
    logRetention: RetentionDays.ONE_WEEK,
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
      monthlyPaths: 100,
      whenSpent: 'ttl',
    },
  },
  edge: {
    domain: 'none',
    originTlsName: 'none',
    originPrefixList: 'pl-3b927c52',
    behaviours: BEHAVIOURS,
    priceClass: PriceClass.PRICE_CLASS_100,
    originShield: false,
    additionalMetrics: false,
    logRetention: Duration.days(14),
    webAcl: {
      allowedAddresses: [],
      deniedAddresses: [],
      managedGroups: {
        // The anti-DDoS group costs a fixed price every month; nobody attacks a development environment for long.
        'anti-ddos': 'off',
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
    // Container Insights, which counts deployments, is off.
    quietDuringDeployments: false,
    dashboards: ['overview'],
    canary: 'none',
    serviceLevelObjectives: 'none',
  },
  cost: { monthlyBudgetUsd: 500, anomalyThresholdUsd: 20, alertEmails: 'none' },
} as const satisfies PlatformConfig;
