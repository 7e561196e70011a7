import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { assertNoProblems, integerInRange } from '../../shared/validation';
import { type CacheCapacity, cacheCapacityProblems } from './cache-capacity';
import { hitRatio, largest, share, summed } from './cache-metrics';
import { type CacheParts, type CacheServer, VALKEY_PORT } from './cache-server';
import { CacheUsers } from './cache-users';
import { NodeCache } from './node-cache';
import { ServerlessCache } from './serverless-cache';

/** What an environment decides about its cache. */
export interface CacheSettings {
  /** Nodes that the platform sizes, or a serverless cache with bounds. */
  readonly capacity: CacheCapacity;

  /** How long daily snapshots are kept, 0 to 35 days; zero takes none. */
  readonly snapshotRetention: Duration;
}

export interface ValkeyCacheProps extends CacheSettings {
  /** The VPC it runs in. */
  readonly vpc: ec2.IVpc;

  /** Its subnets, isolated ones, in at least two zones. */
  readonly vpcSubnets: ec2.SubnetSelection;

  /**
   * Whether clients must speak TLS. IAM log-in needs it, so only true works; it is here because ElastiCache lets one
   * turn it off.
   *
   * @default true
   */
  readonly transitEncryption?: boolean;

  /**
   * Key of the data on disk and of the snapshots.
   *
   * @default - a key of its own, rotated once a year
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * The cache that all tasks share: encrypted, TLS and IAM only, its nodes chosen or left to AWS.
 *
 * @stateful
 */
export class ValkeyCache extends Construct implements ec2.IConnectable {
  /** What it is reached and known by. */
  public readonly server: CacheServer;

  /** The user that clients log in as, with an IAM token. */
  public readonly userName: string;

  /** Key of everything that the cache stores. */
  public readonly encryptionKey: kms.IKey;

  public readonly connections: ec2.Connections;

  /** Nodes that the platform sizes, or a serverless cache with bounds. */
  public readonly capacity: CacheCapacity;

  private readonly users: CacheUsers;

  public constructor(scope: Construct, id: string, props: ValkeyCacheProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));

    const { vpc, vpcSubnets, capacity } = props;
    this.capacity = capacity;
    this.encryptionKey = props.encryptionKey ?? encryptionKey(this, 'Cache storage and snapshots');
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Application cache',
      allowAllOutbound: false,
    });
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ports(capacity) });
    this.users = new CacheUsers(this, 'Users');
    this.userName = this.users.user.userName;
    const parts: CacheParts = {
      subnetIds: vpc.selectSubnets(vpcSubnets).subnetIds,
      securityGroupIds: [securityGroup.securityGroupId],
      encryptionKey: this.encryptionKey,
      userGroupId: this.users.group.ref,
      snapshotRetention: props.snapshotRetention,
    };
    this.server =
      capacity.kind === 'nodes'
        ? new NodeCache(this, 'Nodes', capacity, parts)
        : new ServerlessCache(this, 'Serverless', capacity, parts);
  }

  /** Lets `grantee` log in as {@link userName}. */
  public grantConnect(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['elasticache:Connect'],
      resourceArns: [this.server.arn, this.users.user.attrArn],
    });
  }

  /** Look-ups that found something, in percent; no value while nobody looks anything up. */
  public metricHitRatio(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return hitRatio(this.server, options);
  }

  /**
   * How busy the cache is, in percent: the engine's CPU on the busiest node, or the share of the processing units that a
   * serverless cache may use.
   */
  public metricCpuUtilization(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    const { capacity } = this;
    if (capacity.kind === 'nodes')
      return largest(this.server, 'EngineCPUUtilization', { label: 'Cache CPU', ...options });
    const limitPerPeriod = capacity.ecpuPerSecond.max;
    return share(this.server, 'ElastiCacheProcessingUnits', `PERIOD(used) * ${limitPerPeriod}`, cloudwatch.Stats.SUM, {
      label: 'Cache processing units',
      ...options,
    });
  }

  /**
   * How full the cache is, in percent: on the fullest node, or of the data that a serverless cache may hold.
   */
  public metricMemoryUtilization(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    const { capacity } = this;
    const label = 'Cache memory';
    if (capacity.kind === 'nodes') {
      return largest(this.server, 'DatabaseMemoryUsageCountedForEvictPercentage', { label, ...options });
    }
    const limitBytes = `${capacity.dataGb.max * 1_000_000_000}`;
    return share(this.server, 'BytesUsedForCache', limitBytes, cloudwatch.Stats.MAXIMUM, { label, ...options });
  }

  /** Keys that were thrown out because memory was full, per minute. */
  public metricEvictions(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return summed(this.server, 'Evictions', { label: 'Cache evictions', ...options });
  }

  /** Connections that clients hold open, on the node that has most. */
  public metricCurrConnections(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return largest(this.server, 'CurrConnections', { label: 'Cache connections', ...options });
  }

  /** How far the slowest replica is behind, in seconds; nodes only, a serverless cache does not report it. */
  public metricReplicationLag(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return largest(this.server, 'ReplicationLag', { label: 'Cache replication lag', ...options });
  }

  /** Memory that went to disk, in bytes, on the worst node; nodes only. */
  public metricSwapUsage(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return largest(this.server, 'SwapUsage', { label: 'Cache swap', ...options });
  }

  /** Commands that were turned away at the ceiling, per minute; a serverless cache only. */
  public metricThrottledCommands(options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    return summed(this.server, 'ThrottledCmds', { label: 'Cache throttled commands', ...options });
  }
}

/** A serverless cache answers reads that may be a little old on the port after the first one. */
function ports(capacity: CacheCapacity): ec2.Port {
  return capacity.kind === 'nodes' ? ec2.Port.tcp(VALKEY_PORT) : ec2.Port.tcpRange(VALKEY_PORT, VALKEY_PORT + 1);
}

function validate(props: ValkeyCacheProps): string[] {
  return [
    ...cacheCapacityProblems(props.capacity),
    ...integerInRange('snapshotRetention (days)', props.snapshotRetention.toDays({ integral: false }), 0, 35),
    ...(props.transitEncryption === false
      ? ['`transitEncryption` must be true, got false: tokens and data would cross the network in clear']
      : []),
  ];
}
