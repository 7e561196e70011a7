import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { CacheSettings } from '../constructs/cache/valkey-cache';
import type { CacheUpkeepSettings } from '../constructs/cache-warming/cache-upkeep-settings';
import type { ContainerServiceSettings } from '../constructs/container-service/container-service';
import type { CostSettings } from '../constructs/cost/cost-settings';
import type { ConnectionPoolSettings } from '../constructs/database/connection-pool';
import type { DatabaseSettings } from '../constructs/database/database-settings';
import type { ReaderScalingSettings } from '../constructs/database/reader-scaling';
import type { BackgroundSettings } from '../constructs/jobs/background-settings';
import type { LoadBalancerSettings } from '../constructs/load-balancer/load-balancer';
import type { NetworkSettings } from '../constructs/network/platform-network';
import type { ObservabilitySettings } from '../constructs/observability/observability-settings';
import type { ScalingPolicies, TaskCapacity } from '../constructs/scaling/scaling-policies';
import type { ServerlessApiSettings } from '../constructs/serverless-api/serverless-api';
import type { WebhookSettings } from '../constructs/webhooks/webhook-workers';
import type { TimeoutChain } from '../shared/timeout-chain';
import type { EdgeConfig } from './edge-config';
import type { Objectives } from './objectives';
import type { BackupConfig, NoBackupConfig, RecoveryRegion } from './recovery-config';

/** The region that serves traffic. */
export interface PrimaryRegion {
  /** Region name, such as `us-east-1`. */
  readonly region: string;

  /** Two or three zones of it. Named here so that synthesis needs neither credentials nor a look-up. */
  readonly availabilityZones: readonly string[];

  /**
   * Twelve-digit account id.
   *
   * @default - the account of whoever deploys
   */
  readonly account?: string;
}

/** Tags that every resource carries, so that its cost and its owner are known. */
export interface Ownership {
  /** Team that answers for the environment. */
  readonly owner: string;

  /** Where its cost is booked. */
  readonly costCenter: string;
}

export interface LoadBalancerConfig extends LoadBalancerSettings {
  /** ARN of the certificate, in the primary region, or `'none'`: HTTP inside the VPC, TLS ends at the CDN. */
  readonly certificateArn: string;
}

export interface ServiceConfig extends ContainerServiceSettings {
  /** How much ECS reports about tasks and containers. */
  readonly containerInsights: ecs.ContainerInsights;
}

/** One of `SCALING_PRESETS` or anything in between, and what a task of this environment's size can do. */
export interface ScalingConfig extends ScalingPolicies, TaskCapacity {}

export interface DatabaseConfig extends DatabaseSettings {
  /** Readers that are always there. */
  readonly minReaders: number;

  /** How more readers come and go, or `'fixed'`. */
  readonly readerScaling: ReaderScalingSettings | 'fixed';

  readonly pool: ConnectionPoolSettings;

  /** Connections that one task holds to the writer, and again as many to the readers. */
  readonly connectionsPerEndpoint: number;
}

/** What all functions of an environment share. */
export interface FunctionsConfig {
  /** The account's limit of concurrent executions in the region; 1,000 unless AWS has raised it. */
  readonly accountConcurrency: number;
}

/** Everything that an environment decides: one object, complete, no inheritance. */
export interface PlatformConfig {
  /** Lower-case name, such as `production`; the stage is called the same, capitalised. */
  readonly name: string;

  readonly primary: PrimaryRegion;

  /** Where copies go, or `'none'` for an environment that may be lost. */
  readonly recovery: RecoveryRegion | 'none';

  /** Backups, copies and replicas, or why there are none. */
  readonly backup: BackupConfig | NoBackupConfig;

  readonly ownership: Ownership;

  /** Whether CloudFormation refuses to delete the stacks that hold state or that everything else stands on. */
  readonly terminationProtection: boolean;

  readonly objectives: Objectives;
  readonly timeouts: TimeoutChain;
  readonly network: NetworkSettings;
  readonly database: DatabaseConfig;
  readonly cache: CacheSettings;
  readonly loadBalancer: LoadBalancerConfig;
  readonly service: ServiceConfig;
  readonly scaling: ScalingConfig;
  readonly functions: FunctionsConfig;
  readonly background: BackgroundSettings;
  readonly serverlessApi: ServerlessApiSettings;

  /** Who delivers webhooks, or `'none'` for an environment that delivers none. */
  readonly webhooks: WebhookSettings | 'none';

  readonly cacheUpkeep: CacheUpkeepSettings;
  readonly edge: EdgeConfig;
  readonly observability: ObservabilitySettings;
  readonly cost: CostSettings;
}
