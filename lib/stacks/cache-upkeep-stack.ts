import { Stack, type StackProps } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { CacheInvalidator } from '../constructs/cache-warming/cache-invalidator';
import type { CacheUpkeepSettings } from '../constructs/cache-warming/cache-upkeep-settings';
import { CacheWarmer } from '../constructs/cache-warming/cache-warmer';
import type { DataAccess } from '../constructs/data-access/data-access';
import type { AuroraDatabase } from '../constructs/database/aurora-database';
import { cpusOf } from '../constructs/database/database-capacity';
import type { ContentDelivery } from '../constructs/edge/content-delivery';
import type { PlatformNetwork } from '../constructs/network/platform-network';
import type { ApplicationStack } from './application-stack';

export interface CacheUpkeepStackProps extends StackProps {
  /** Name of the environment. */
  readonly environment: string;
  readonly upkeep: CacheUpkeepSettings;
  readonly network: PlatformNetwork;
  readonly data: DataAccess;
  readonly database: AuroraDatabase;
  readonly application: Pick<ApplicationStack, 'service' | 'background'>;
  readonly delivery: ContentDelivery;
  readonly metricsNamespace: string;
  readonly logRetention: logs.RetentionDays;
}

/**
 * What keeps the caches warm and true. A stack of its own, because it knows both the application and the CDN in front of
 * it (docs/decisions/0066).
 */
export class CacheUpkeepStack extends Stack {
  public readonly warmer: CacheWarmer;
  public readonly invalidator: CacheInvalidator;

  public constructor(scope: Construct, id: string, props: CacheUpkeepStackProps) {
    super(scope, id, props);
    const { environment, upkeep, network, data, database, application, delivery, metricsNamespace, logRetention } =
      props;
    const { distribution } = delivery;
    const common = {
      data,
      network: { vpc: network.vpc, vpcSubnets: network.privateSubnets },
      metricsNamespace,
      logRetention,
    };
    this.warmer = new CacheWarmer(this, 'Warmer', {
      ...upkeep.warming,
      ...common,
      environment,
      service: application.service.service,
      cluster: database.cluster,
      databaseCpus: cpusOf(database.capacity),
      viewerHost: distribution.distributionDomainName,
    });
    this.invalidator = new CacheInvalidator(this, 'Invalidator', {
      ...upkeep.purging,
      ...common,
      bus: application.background.bus.bus,
      distribution,
    });
  }
}
