import type { Duration } from 'aws-cdk-lib';
import type { ValkeyCache } from '../cache/valkey-cache';
import type { CacheWarmer } from '../cache-warming/cache-warmer';
import type { ContainerService } from '../container-service/container-service';
import type { AuroraDatabase } from '../database/aurora-database';
import type { ConnectionPool } from '../database/connection-pool';
import type { ContentDelivery } from '../edge/content-delivery';
import type { WebAcl } from '../edge/web-acl';
import type { PlatformFunction } from '../function/platform-function';
import type { OrderSaga } from '../jobs/order-saga';
import type { LoadBalancer } from '../load-balancer/load-balancer';
import type { ScalingEvents } from '../scaling/scaling-events';
import type { ServerlessApi } from '../serverless-api/serverless-api';
import type { WebhookWorkers } from '../webhooks/webhook-workers';
import type { WatchedBackups } from './alarms/backups';
import type { WatchedQueues } from './alarms/queues';
import type { SiteCanary } from './canary';
import type { RuntimeMetrics } from './runtime-metrics';
import type { ServiceEvents } from './service-events';

/** What an environment promises, as far as metrics can tell. */
export interface WatchedObjectives {
  /** Share of requests that succeed, between 0 and 1. */
  readonly availability: number;
  /** Longest that 95 % of the requests may take. */
  readonly p95: Duration;
  /** Longest that a complex query may take. */
  readonly complexQuery: Duration;
  /** Share of popular queries that a cache must answer, between 0 and 1. */
  readonly hitRatio: number;
  /** Longest that a replica may lag behind. */
  readonly replicationLag: Duration;
}

/** The parts of a platform that are watched. */
export interface PlatformParts {
  readonly loadBalancer: LoadBalancer;
  readonly service: ContainerService;
  readonly scalingEvents: ScalingEvents;
  readonly api: ServerlessApi;
  /** Absent where no webhooks are delivered. */
  readonly webhooks: WebhookWorkers | undefined;
  readonly database: AuroraDatabase;
  readonly pool: ConnectionPool;
  readonly cache: ValkeyCache;
  readonly warmer: CacheWarmer;
  readonly saga: OrderSaga;
  /** Absent where nothing is backed up. */
  readonly backups: WatchedBackups | undefined;
  readonly delivery: ContentDelivery;
  readonly webAcl: WebAcl;
  readonly objectives: WatchedObjectives;
  readonly minTasks: number;
  readonly maxTasks: number;
  /** Whether CloudFront measures hit rate and origin latency. */
  readonly additionalMetrics: boolean;
  /** The account's limit of concurrent executions in the region. */
  readonly accountConcurrency: number;
}

/** The parts with what is known about them only here: what alarms and dashboards are about. */
export interface WatchedPlatform extends PlatformParts {
  readonly events: ServiceEvents;
  readonly runtime: RuntimeMetrics;
  readonly functions: readonly PlatformFunction[];
  readonly queues: WatchedQueues;
  /** Who walks through the site from outside; absent where nobody does. */
  readonly canary: SiteCanary | undefined;
}
