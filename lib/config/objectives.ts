import type { Duration } from 'aws-cdk-lib';

/** What an environment promises. Alarms, SLOs, dashboards, rehearsals, load tests and documents read it from here. */
export interface Objectives {
  readonly latency: {
    /** 95th percentile of the response time over all requests. */
    readonly p95: Duration;
    /** 95th percentile of the response time over requests that a cache answers. */
    readonly p95Cached: Duration;
  };
  readonly query: {
    /** Longest that a complex query may take; slower ones are logged as slow. */
    readonly complexMax: Duration;
  };
  /** Shares between 0 and 1. */
  readonly cacheHitRatio: {
    /** Of the requests for frequently accessed keys. */
    readonly frequent: number;
    /** Of the popular queries. */
    readonly popular: number;
  };
  /** Share of requests that succeed, between 0 and 1. */
  readonly availability: number;
  readonly users: {
    /** Users at the same time in normal operation. */
    readonly concurrent: number;
    /** Users at the same time under stress. */
    readonly stress: number;
  };
  readonly traffic: {
    /** Mean requests in an hour, today. */
    readonly requestsPerHour: number;
    /** Highest minute of a normal day against its mean. */
    readonly peakToMean: number;
    /** Sudden multiple of the mean that must be survived. */
    readonly spikeFactor: number;
    /** Multiple of today's load that the platform must be able to carry after growth. */
    readonly growthFactor: number;
  };
  /** Longest that a replica may lag behind. */
  readonly replicationLag: Duration;
  readonly recovery: {
    /** Recovery point objective: most work that may be lost. */
    readonly point: Duration;
    /** Recovery time objective: longest until the platform serves again. */
    readonly time: Duration;
  };
}
