import type { DurationModel } from '../queueing/distribution';
import type { BalancingAlgorithm } from '../queueing/fleet';
import type { ForecastModel, ScalableTargetDefinition } from '../scaling/policy-definition';
import type { Traffic } from '../traffic/traffic';
import type { Parameters } from './parameters';

/** What one task does with a request. */
export interface ServiceModel {
  /** Time a worker is busy with a request. */
  readonly work: DurationModel;
  /** Requests a task works on at once: 1 for a Node process. */
  readonly workersPerTask: number;
  /** Waiting on other services while the worker is free. @default - none */
  readonly waiting?: DurationModel;
  /** Share of the work that is CPU. */
  readonly cpuShare: number;
  /** CPU of an idle task, in percent of what it has reserved. */
  readonly idleCpuPercent: number;
  /** Memory of an idle task, in percent of its limit. */
  readonly idleMemoryPercent: number;
  /** Memory that one request in the task takes, in percent of its limit. */
  readonly memoryPercentPerRequest: number;
  /** A request that would wait longer is refused with a 503. */
  readonly shedAfterMs: number;
  /** Work that a refusal costs. */
  readonly refusalMs: number;
  /** The client gives up after this long, and the work is done nevertheless. */
  readonly timeoutMs: number;
  readonly imageMiB: number;
  /** From the start of the container until it answers. */
  readonly bootSeconds: number;
}

/** The load balancer's view of the service. */
export interface TargetGroupModel {
  readonly algorithm: BalancingAlgorithm;
  readonly healthCheckIntervalSeconds: number;
  readonly healthCheckTimeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly deregistrationDelaySeconds: number;
  readonly slowStartSeconds: number;
}

/** How ECS runs the service. */
export interface DeploymentModel {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly healthCheckGraceSeconds: number;
  readonly zones: number;
}

/** The readers that answer what the cache does not. */
export interface DatabaseModel {
  readonly query: DurationModel;
  /** Queries one reader works on at once. */
  readonly parallelPerReader: number;
  /** Readers at the start. */
  readonly readers: number;
  /** Scaling of the readers. @default - fixed */
  readonly scaling?: ScalableTargetDefinition;
  /** Bounds of a Serverless v2 reader, whose size then says what it does at once. @default - a fixed size */
  readonly acu?: { readonly minAcu: number; readonly maxAcu: number };
  /** Connections to the readers that one task holds at most. @default - as many as the readers can use */
  readonly connectionsPerTask?: number;
}

/** What the cache keeps from the database. */
export interface CacheModel {
  /** Share of requests that need no query. */
  readonly hitRatio: number;
  /**
   * Hit ratio after a flush, by accesses since then in equal stretches; from a key trace.
   *
   * @default - the full ratio at once after `warmUpAccesses`, growing linearly
   */
  readonly warmUp?: { readonly accesses: number; readonly curve: readonly number[] };
}

/** Something that goes wrong, or is done, during a rehearsal. */
export type Fault =
  | { readonly kind: 'deployment'; readonly atSeconds: number }
  | { readonly kind: 'zone-lost'; readonly atSeconds: number; readonly untilSeconds: number }
  | { readonly kind: 'cache-flush'; readonly atSeconds: number }
  | { readonly kind: 'metric-gap'; readonly atSeconds: number; readonly untilSeconds: number };

/** Everything a rehearsal plays, as plain data. */
export interface SimulationInput {
  readonly traffic: Traffic;
  /** Variance of the load of one second around its mean of 1; 0 is Poisson. */
  readonly burstiness: number;
  readonly service: ServiceModel;
  readonly targetGroup: TargetGroupModel;
  readonly deployment: DeploymentModel;
  readonly scaling: ScalableTargetDefinition;
  /** Tasks at the start. @default - what the first minute's load needs at 50 % utilisation, within the bounds */
  readonly initialTasks?: number;
  /** @default - requests end in the service */
  readonly database?: DatabaseModel;
  /** @default - every request that a database is modelled for goes there */
  readonly cache?: CacheModel;
  readonly faults: readonly Fault[];
  readonly parameters: Parameters;
  readonly forecastModel: ForecastModel;
  /** Date of second 0, for schedules. */
  readonly startEpochSeconds: number;
  /** Latency above which a request counts as slow. */
  readonly slowMs: number;
}

/** A Node service of one worker; the work is what a load test of the service found, or a stated assumption. */
export const DEFAULT_SERVICE: ServiceModel = {
  work: { kind: 'lognormal', meanMs: 20, cv: 1 },
  workersPerTask: 1,
  cpuShare: 1,
  idleCpuPercent: 2,
  idleMemoryPercent: 35,
  memoryPercentPerRequest: 0.05,
  shedAfterMs: 10_000,
  refusalMs: 0.2,
  timeoutMs: 60_000,
  imageMiB: 250,
  bootSeconds: 3,
};

/** What Elastic Load Balancing does when a template says nothing. */
export const DEFAULT_TARGET_GROUP: TargetGroupModel = {
  algorithm: 'round_robin',
  healthCheckIntervalSeconds: 30,
  healthCheckTimeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  deregistrationDelaySeconds: 300,
  slowStartSeconds: 0,
};

/** What ECS does when a template says nothing; CDK's patterns set a grace period of 60 s. */
export const DEFAULT_DEPLOYMENT: DeploymentModel = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  healthCheckGraceSeconds: 0,
  zones: 3,
};
