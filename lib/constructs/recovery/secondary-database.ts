import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { recoverOtherwise } from '../../shared/recoverability';
import type { DatabaseCapacity } from '../database/database-capacity';
import { type DatabaseThresholds, databaseParameters } from '../database/database-parameters';
import { capacityRange, ENGINE_VERSION, POSTGRES_PORT } from '../database/database-settings';
import type { RecoveryNetwork } from './recovery-network';

export interface SecondaryDatabaseProps {
  /** The global database that it joins (lib/constructs/database/global-database.ts). */
  readonly globalIdentifier: string;

  readonly network: RecoveryNetwork;

  /** Size of the instances that it has or gets. */
  readonly capacity: DatabaseCapacity;

  /** What counts as slow once it serves. */
  readonly thresholds: DatabaseThresholds;

  readonly planManagement: boolean;

  /**
   * `headless` is storage alone, the cheapest: instances are made when it is needed. `write-forwarding` has a reader
   * that takes writes too and passes them on to the primary.
   */
  readonly kind: 'headless' | 'write-forwarding';

  readonly deletionProtection: boolean;
}

/**
 * The cluster in the recovery region that follows the primary.
 *
 * @stateful kept when its stack goes
 */
export class SecondaryDatabase extends Construct {
  /** The underlying cluster. The L2 would ask for a master user and a writer, and it has neither. */
  public readonly cluster: rds.CfnDBCluster;

  public constructor(scope: Construct, id: string, props: SecondaryDatabaseProps) {
    super(scope, id);
    this.cluster = this.addCluster(props, encryptionKey(this, 'Storage of the database in the recovery region'));
    recoverOtherwise(this.cluster, {
      means: 'copy',
      reason: 'it follows the primary cluster, which is in the backup plan of the primary region',
    });
    if (props.kind === 'write-forwarding') this.addReader(props);
    this.acknowledge(props);
  }

  private addCluster(props: SecondaryDatabaseProps, key: kms.IKey): rds.CfnDBCluster {
    const { network, capacity, kind } = props;
    const engine = rds.DatabaseClusterEngine.auroraPostgres({ version: ENGINE_VERSION });
    const parameters = new rds.ParameterGroup(this, 'Parameters', {
      engine,
      parameters: databaseParameters(props.thresholds, props),
    });
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: 'Database instances',
      allowAllOutbound: false,
    });
    const { serverlessV2MinCapacity: minCapacity, serverlessV2MaxCapacity: maxCapacity } = capacityRange(capacity);
    const cluster = new rds.CfnDBCluster(this, 'Cluster', {
      globalClusterIdentifier: props.globalIdentifier,
      engine: engine.engineType,
      engineVersion: ENGINE_VERSION.auroraPostgresFullVersion,
      port: POSTGRES_PORT,
      dbSubnetGroupName: network.subnetGroup.subnetGroupName,
      vpcSecurityGroupIds: [group.securityGroupId],
      dbClusterParameterGroupName: parameters.bindToCluster({}).parameterGroupName,
      storageEncrypted: true,
      kmsKeyId: key.keyArn,
      enableIamDatabaseAuthentication: true,
      enableGlobalWriteForwarding: kind === 'write-forwarding',
      copyTagsToSnapshot: true,
      deletionProtection: props.deletionProtection,
      enableCloudwatchLogsExports: ['postgresql'],
      ...(minCapacity === undefined || maxCapacity === undefined
        ? {}
        : { serverlessV2ScalingConfiguration: { minCapacity, maxCapacity } }),
    });
    cluster.applyRemovalPolicy(props.deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.SNAPSHOT);
    return cluster;
  }

  private addReader({ capacity }: SecondaryDatabaseProps): void {
    new rds.CfnDBInstance(this, 'Reader', {
      dbClusterIdentifier: this.cluster.ref,
      dbInstanceClass: capacity.kind === 'serverless' ? 'db.serverless' : `db.${capacity.instanceClass}`,
      engine: 'aurora-postgresql',
      publiclyAccessible: false,
      autoMinorVersionUpgrade: false,
      // What it holds is the cluster's.
    }).applyRemovalPolicy(RemovalPolicy.DESTROY);
  }

  private acknowledge({ deletionProtection }: SecondaryDatabaseProps): void {
    Validations.of(this.cluster).acknowledge({
      id: 'AwsSolutions-RDS11',
      reason: 'the port is reachable from named security groups only; another number would hide it from nobody',
    });
    if (deletionProtection) return;
    Validations.of(this.cluster).acknowledge({
      id: 'AwsSolutions-RDS10',
      reason: 'the environment is meant to be taken down again; a final snapshot is kept',
    });
  }
}
