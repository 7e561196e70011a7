import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { backUp } from '../../shared/recoverability';
import { assertNoProblems } from '../../shared/validation';
import { clusterInstances, type DatabaseCapacity } from './database-capacity';
import { type DatabaseThresholds, databaseParameters } from './database-parameters';
import {
  capacityRange,
  DATABASE_NAME,
  type DatabaseSettings,
  databaseProblems,
  ENGINE_VERSION,
  insightsOptions,
  POSTGRES_PORT,
} from './database-settings';
import { type MasterPasswordKeeper, masterCredentials, masterSecret } from './master-password';
import { rdsMetric } from './rds-metric';

/** Which instances of a cluster a metric is about. */
export type DatabaseRole = 'WRITER' | 'READER';

export interface AuroraDatabaseProps extends DatabaseSettings {
  /** The VPC it runs in. */
  readonly vpc: ec2.IVpc;

  /** Its subnets, isolated ones, in at least two zones. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /** Readers that are always there, as large as the writer: one can take over, the others spread load. */
  readonly readers: number;

  /** What counts as slow and what is cut off. */
  readonly thresholds: DatabaseThresholds;

  /**
   * Who keeps the master password.
   *
   * @default 'rds'
   */
  readonly masterPassword?: MasterPasswordKeeper;

  /**
   * Key of the storage, its snapshots, the master password and the query history.
   *
   * @default - a key of its own, rotated once a year
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * An Aurora PostgreSQL cluster: a writer and its readers, encrypted, TLS only, IAM log-in, tuned for finding slow queries.
 *
 * @stateful
 */
export class AuroraDatabase extends Construct implements ec2.IConnectable {
  /** The underlying cluster, for anything this construct does not cover. */
  public readonly cluster: rds.DatabaseCluster;

  /** Key of everything that the database stores. */
  public readonly encryptionKey: kms.IKey;

  /** Size of the writer and of every reader. */
  public readonly capacity: DatabaseCapacity;

  /** Readers that are always there. */
  public readonly readers: number;

  /** Credentials of the master user. Only migrations use them. */
  public readonly masterSecret: secretsmanager.ISecret;

  public readonly connections: ec2.Connections;

  private readonly readerIdentifiers: readonly string[];

  public constructor(scope: Construct, id: string, props: AuroraDatabaseProps) {
    super(scope, id);
    assertNoProblems(this, databaseProblems(props, props.readers, props.thresholds));

    this.encryptionKey = props.encryptionKey ?? encryptionKey(this, 'Database storage, snapshots and master password');
    this.capacity = props.capacity;
    this.readers = props.readers;
    this.cluster = this.addCluster(props);
    this.masterSecret = masterSecret(this, {
      cluster: this.cluster,
      keeper: props.masterPassword ?? 'rds',
      encryptionKey: this.encryptionKey,
    });
    backUp(this.cluster);
    this.letReadersGo();
    this.connections = this.cluster.connections;
    this.readerIdentifiers = this.cluster.instanceIdentifiers.slice(1);
    this.acknowledge(props);
  }

  /** Lets `grantee` log in to the instances themselves as `dbUser`; applications go through the pool. */
  public grantConnect(grantee: iam.IGrantable, dbUser: string): iam.Grant {
    return this.cluster.grantConnect(grantee, dbUser);
  }

  /**
   * Has an own master password changed each month by AWS's own function for it, where RDS cannot.
   *
   * @param vpcSubnets from where both the database and Secrets Manager can be reached
   */
  public rotateMasterPassword(vpcSubnets: ec2.SubnetSelection): void {
    this.cluster.addRotationSingleUser({ automaticallyAfter: Duration.days(30), vpcSubnets });
  }

  /** How far the slowest reader is behind the writer, in milliseconds. Maximum over the readers. */
  public metricReplicaLag(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('AuroraReplicaLag', 'READER', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** How far each fixed reader is behind the writer, in milliseconds. */
  public metricReplicaLagByReader(options?: cloudwatch.MetricOptions): cloudwatch.Metric[] {
    return this.readerIdentifiers.map((identifier) =>
      this.metricOfInstance('AuroraReplicaLag', identifier, { statistic: cloudwatch.Stats.MAXIMUM, ...options }),
    );
  }

  /**
   * How many fixed readers restarted, from their uptime falling back to zero; a reader that falls too far behind is
   * restarted by Aurora. The cluster's own uptime would count every reader that auto scaling adds.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Reboot.Uptime.html
   */
  public metricReaderRestarts(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    const uptimes = this.readerIdentifiers.map(
      (identifier, index) =>
        [
          `uptime${index + 1}`,
          this.metricOfInstance('EngineUptime', identifier, { statistic: cloudwatch.Stats.MINIMUM }),
        ] as const,
    );
    return new cloudwatch.MathExpression({
      expression: uptimes.map(([id]) => `IF(DIFF(${id}) < 0, 1, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(uptimes),
      label: 'Reader restarts',
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** Processor use in percent. Average over the instances of `role`. */
  public metricCpuUtilization(role: DatabaseRole, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('CPUUtilization', role, options);
  }

  /** Connections that clients, the pool included, hold open. Maximum over the instances of `role`. */
  public metricDatabaseConnections(role: DatabaseRole, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('DatabaseConnections', role, { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** Memory that is left, in bytes. Minimum over the instances of `role`. */
  public metricFreeableMemory(role: DatabaseRole, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('FreeableMemory', role, { statistic: cloudwatch.Stats.MINIMUM, ...options });
  }

  /** Local disk for temporary files that is left, in bytes; sorts that spill fill it. Minimum over the instances. */
  public metricFreeLocalStorage(role: DatabaseRole, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('FreeLocalStorage', role, { statistic: cloudwatch.Stats.MINIMUM, ...options });
  }

  /** Share of page reads that memory answers, in percent. Average over the instances of `role`. */
  public metricBufferCacheHitRatio(role: DatabaseRole, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('BufferCacheHitRatio', role, options);
  }

  /** Deadlocks per second. Average. */
  public metricDeadlocks(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('Deadlocks', 'WRITER', options);
  }

  /** How long a commit takes, in milliseconds. Average. */
  public metricCommitLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('CommitLatency', 'WRITER', options);
  }

  /** Age of the oldest transaction id that is in use; 2^31 stops the database. Maximum. */
  public metricMaximumUsedTransactionIds(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfCluster('MaximumUsedTransactionIDs', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** Size of the database on disk, in bytes. Maximum. */
  public metricVolumeBytesUsed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfCluster('VolumeBytesUsed', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** Capacity in use as a percentage of the ceiling; only serverless instances report it. Maximum. */
  public metricAcuUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfCluster('ACUUtilization', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  /** Capacity in use, in ACU; only serverless instances report it. Maximum. */
  public metricServerlessDatabaseCapacity(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfCluster('ServerlessDatabaseCapacity', { statistic: cloudwatch.Stats.MAXIMUM, ...options });
  }

  private metricOfRole(name: string, role: DatabaseRole, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return rdsMetric(name, { DBClusterIdentifier: this.cluster.clusterIdentifier, Role: role }, options);
  }

  private metricOfCluster(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return rdsMetric(name, { DBClusterIdentifier: this.cluster.clusterIdentifier }, options);
  }

  private metricOfInstance(name: string, identifier: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return rdsMetric(name, { DBInstanceIdentifier: identifier }, options);
  }

  private addCluster(props: AuroraDatabaseProps): rds.DatabaseCluster {
    const insights = insightsOptions(props.insights, this.encryptionKey);
    const { capacity } = props;
    return new rds.DatabaseCluster(this, 'Cluster', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({ version: ENGINE_VERSION }),
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: [this.addSecurityGroup(props.vpc)],
      port: POSTGRES_PORT,
      defaultDatabaseName: DATABASE_NAME,
      ...clusterInstances(capacity, props.readers, {
        autoMinorVersionUpgrade: false,
        caCertificate: rds.CaCertificate.RDS_CA_RSA2048_G1,
        ...insights,
      }),
      ...capacityRange(capacity),
      instanceUpdateBehaviour: rds.InstanceUpdateBehaviour.ROLLING,
      iamAuthentication: true,
      ...masterCredentials(props.masterPassword ?? 'rds', this.encryptionKey),
      parameters: databaseParameters(props.thresholds, props),
      storageEncrypted: true,
      storageEncryptionKey: this.encryptionKey,
      storageType:
        props.storage === 'io-optimized' ? rds.DBClusterStorageType.AURORA_IOPT1 : rds.DBClusterStorageType.AURORA,
      backup: { retention: props.backupRetention },
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: false,
      deletionProtection: props.deletionProtection,
      removalPolicy: props.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.SNAPSHOT,
      cloudwatchLogsExports: ['postgresql'],
      databaseInsightsMode:
        props.insights === 'advanced' ? rds.DatabaseInsightsMode.ADVANCED : rds.DatabaseInsightsMode.STANDARD,
      ...insights,
    });
  }

  /** A reader has no data of its own: one that is taken out of the template must go, not stay and cost. */
  private letReadersGo(): void {
    for (const index of Array.from({ length: this.readers }, (_, reader) => reader + 1)) {
      const instance = this.cluster.node.findChild(`Reader${index}`).node.defaultChild as rds.CfnDBInstance;
      instance.applyRemovalPolicy(RemovalPolicy.DESTROY);
    }
  }

  private addSecurityGroup(vpc: ec2.IVpc): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Database instances',
      allowAllOutbound: false,
    });
  }

  private acknowledge({ deletionProtection }: AuroraDatabaseProps): void {
    Validations.of(this.cluster).acknowledge({
      id: 'AwsSolutions-RDS11',
      reason: 'the port is reachable from named security groups only; another number would hide it from nobody',
    });
    if (!deletionProtection) {
      Validations.of(this.cluster).acknowledge({
        id: 'AwsSolutions-RDS10',
        reason: 'the environment is meant to be taken down again; a final snapshot is kept',
      });
    }
  }
}
