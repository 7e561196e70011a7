import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { NodeCapacity } from './cache-capacity';
import { CacheScaling } from './cache-scaling';
import { type CacheParts, type CacheServer, VALKEY_MAJOR, VALKEY_PORT, VALKEY_VERSION } from './cache-server';

/**
 * A replication group: nodes of one type in shards, with replicas in other zones.
 *
 * @stateful
 */
export class NodeCache extends Construct implements CacheServer {
  public readonly resource: elasticache.CfnReplicationGroup;
  public readonly cacheName: string;
  public readonly arn: string;
  public readonly host: string;
  public readonly readerHost: string;
  public readonly port = VALKEY_PORT;
  public readonly metricDimensions: readonly Record<string, string>[];

  public constructor(scope: Construct, id: string, capacity: NodeCapacity, parts: CacheParts) {
    super(scope, id);
    this.resource = this.addReplicationGroup(capacity, parts);
    if (capacity.scaling !== 'fixed') new CacheScaling(this, 'Scaling', { capacity, group: this.resource });

    this.cacheName = this.resource.ref;
    this.arn = Stack.of(this).formatArn({
      service: 'elasticache',
      resource: 'replicationgroup',
      resourceName: this.cacheName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const { attrConfigurationEndPointAddress, attrPrimaryEndPointAddress, attrReaderEndPointAddress } = this.resource;
    this.host = capacity.clusterMode ? attrConfigurationEndPointAddress : attrPrimaryEndPointAddress;
    this.readerHost = capacity.clusterMode ? attrConfigurationEndPointAddress : attrReaderEndPointAddress;
    this.metricDimensions = nodeNames(this.cacheName, capacity).map((node) => ({ CacheClusterId: node }));
  }

  private addReplicationGroup(capacity: NodeCapacity, parts: CacheParts): elasticache.CfnReplicationGroup {
    const group = new elasticache.CfnReplicationGroup(this, 'Resource', {
      replicationGroupDescription: 'Application cache',
      engine: 'valkey',
      engineVersion: VALKEY_VERSION,
      cacheNodeType: capacity.nodeType,
      ...layout(capacity),
      automaticFailoverEnabled: capacity.automaticFailover,
      multiAzEnabled: capacity.automaticFailover,
      port: VALKEY_PORT,
      cacheParameterGroupName: this.addParameters(capacity).ref,
      cacheSubnetGroupName: this.addSubnets(parts.subnetIds).ref,
      securityGroupIds: [...parts.securityGroupIds],
      atRestEncryptionEnabled: true,
      kmsKeyId: parts.encryptionKey.keyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      userGroupIds: [parts.userGroupId],
      snapshotRetentionLimit: parts.snapshotRetention.toDays(),
      autoMinorVersionUpgrade: true,
      logDeliveryConfigurations: [this.slowLog()],
    });
    // Shards come and go without a new cache.
    group.cfnOptions.updatePolicy = { useOnlineResharding: true };
    group.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
    acknowledge(group, capacity);
    return group;
  }

  private addParameters({ clusterMode, maxmemoryPolicy }: NodeCapacity): elasticache.CfnParameterGroup {
    return new elasticache.CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: `valkey${VALKEY_MAJOR}`,
      description: 'Application cache',
      properties: { 'cluster-enabled': clusterMode ? 'yes' : 'no', 'maxmemory-policy': maxmemoryPolicy },
    });
  }

  private addSubnets(subnetIds: readonly string[]): elasticache.CfnSubnetGroup {
    return new elasticache.CfnSubnetGroup(this, 'Subnets', {
      description: 'Application cache',
      subnetIds: [...subnetIds],
    });
  }

  private slowLog(): elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty {
    const { logGroupName } = new logs.LogGroup(this, 'SlowLog', { retention: logs.RetentionDays.ONE_MONTH });
    return {
      destinationType: 'cloudwatch-logs',
      logFormat: 'json',
      logType: 'slow-log',
      destinationDetails: { cloudWatchLogsDetails: { logGroup: logGroupName } },
    };
  }
}

function acknowledge(group: elasticache.CfnReplicationGroup, { automaticFailover }: NodeCapacity): void {
  const acknowledged = (id: string, reason: string): void => Validations.of(group).acknowledge({ id, reason });
  acknowledged(
    'AwsSolutions-AEC5',
    'the port is reachable from named security groups only; another would hide nothing',
  );
  acknowledged('AwsSolutions-AEC6', 'users of a user group log in with IAM tokens, which exclude a shared password');
  if (!automaticFailover) {
    acknowledged('AwsSolutions-AEC4', 'the environment chose a single node: what is lost can be loaded again');
  }
}

/**
 * Clusters count shards and replicas of each; without cluster mode ElastiCache counts nodes. CloudFormation replaces a
 * cluster whose `ReplicasPerNodeGroup` changes, so every cluster is made with one, and scaling keeps the wanted number.
 */
function layout({ clusterMode, shards, replicasPerShard }: NodeCapacity) {
  return clusterMode
    ? { clusterMode: 'enabled', numNodeGroups: shards, replicasPerNodeGroup: 1 }
    : { clusterMode: 'disabled', numCacheClusters: 1 + replicasPerShard };
}

/** What ElastiCache calls the nodes: `<group>-<shard>-<node>` in a cluster, else `<group>-<node>`. */
function nodeNames(group: string, { clusterMode, shards, replicasPerShard }: NodeCapacity): string[] {
  const digits = (value: number, length: number): string => `${value}`.padStart(length, '0');
  const nodes = Array.from({ length: 1 + replicasPerShard }, (_, index) => digits(index + 1, 3));
  if (!clusterMode) return nodes.map((node) => `${group}-${node}`);
  return Array.from({ length: shards }, (_, index) => digits(index + 1, 4)).flatMap((shard) =>
    nodes.map((node) => `${group}-${shard}-${node}`),
  );
}
