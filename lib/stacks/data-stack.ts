import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DatabaseConfig } from '../config/platform-config';
import type { DataReplication } from '../config/recovery-config';
import { type CacheSettings, ValkeyCache } from '../constructs/cache/valkey-cache';
import { DataAccess } from '../constructs/data-access/data-access';
import { AuroraDatabase } from '../constructs/database/aurora-database';
import { ConnectionPool } from '../constructs/database/connection-pool';
import { DatabaseMigrations } from '../constructs/database/database-migrations';
import type { DatabaseThresholds } from '../constructs/database/database-parameters';
import { GlobalDatabase } from '../constructs/database/global-database';
import { ReaderScaling } from '../constructs/database/reader-scaling';
import type { PlatformNetwork } from '../constructs/network/platform-network';
import { ServiceKeys } from '../constructs/secrets/service-keys';
import { pinReferences } from '../shared/references';

export interface DataStackProps extends StackProps {
  readonly network: PlatformNetwork;
  readonly database: DatabaseConfig;
  readonly thresholds: DatabaseThresholds;
  readonly cache: CacheSettings;
  /** Where it is replicated to, or `'none'`. */
  readonly replication: DataReplication | 'none';
}

/**
 * What must not be lost: the database with its readers and its pool, the cache, and the keys of the service.
 *
 * @stateful
 */
export class DataStack extends Stack {
  public readonly database: AuroraDatabase;
  public readonly pool: ConnectionPool;
  public readonly cache: ValkeyCache;

  /** The keys that the service signs and encrypts with. */
  public readonly keys: ServiceKeys;

  /** How the other stacks come to all of it. */
  public readonly access: DataAccess;

  public constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    pinReferences(this);
    const { network, database, replication } = props;
    const globalDatabase = replication === 'none' ? 'none' : replication.globalDatabase;
    const place = { vpc: network.vpc, vpcSubnets: network.isolatedSubnets };

    this.database = new AuroraDatabase(this, 'Database', {
      ...database,
      ...place,
      readers: database.minReaders,
      thresholds: props.thresholds,
      masterPassword: globalDatabase === 'none' ? 'rds' : 'own-secret',
    });
    if (globalDatabase !== 'none') {
      this.database.rotateMasterPassword(network.privateSubnets);
      new GlobalDatabase(this, 'GlobalDatabase', {
        primary: this.database,
        identifier: globalDatabase,
        deletionProtection: database.deletionProtection,
      });
    }
    if (database.readerScaling !== 'fixed') {
      new ReaderScaling(this, 'ReaderScaling', { ...database.readerScaling, database: this.database });
    }
    new DatabaseMigrations(this, 'DatabaseMigrations', {
      database: this.database,
      vpc: network.vpc,
      vpcSubnets: network.privateSubnets,
    });
    this.pool = new ConnectionPool(this, 'ConnectionPool', { ...database.pool, ...place, database: this.database });
    this.cache = new ValkeyCache(this, 'Cache', { ...props.cache, ...place });
    this.keys = new ServiceKeys(
      this,
      'ServiceKeys',
      replication === 'none' ? {} : { replicaRegion: replication.region },
    );
    this.access = new DataAccess({ pool: this.pool, cache: this.cache });
  }
}
