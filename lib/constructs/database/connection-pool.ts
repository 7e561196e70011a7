import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { assertNoProblems, integerInRange, secondsInRange } from '../../shared/validation';
import type { AuroraDatabase } from './aurora-database';
import { connectionBudgetProblems, type PoolClient } from './connection-budget';
import { POSTGRES_PORT } from './database-settings';
import { DATABASE_USERS, type DatabaseUser } from './database-users';
import { rdsMetric } from './rds-metric';

/** What an environment decides about its pool. */
export interface ConnectionPoolSettings {
  /** Share of each instance's `max_connections` that the pool may use; the rest is for people and migrations. */
  readonly maxConnectionsPercent: number;

  /**
   * Share of each instance's `max_connections` that may stay open with nothing to do.
   *
   * @default - half of `maxConnectionsPercent`
   */
  readonly maxIdleConnectionsPercent?: number;

  /**
   * How long a client waits for a free connection before it gets an error.
   *
   * @default Duration.seconds(5)
   */
  readonly borrowTimeout?: Duration;

  /**
   * How long a client connection may do nothing before the pool closes it; longer than the clients' own limit.
   *
   * @default Duration.minutes(30)
   */
  readonly idleClientTimeout?: Duration;
}

export interface ConnectionPoolProps extends ConnectionPoolSettings {
  /** The database behind it. */
  readonly database: AuroraDatabase;

  /** The VPC it runs in. */
  readonly vpc: ec2.IVpc;

  /** Its subnets, in at least two zones. */
  readonly vpcSubnets: ec2.SubnetSelection;
}

/** Which endpoint of the pool. */
export type PoolRole = 'READ_WRITE' | 'READ_ONLY';

/**
 * Puts many short client connections onto few database connections (RDS Proxy), with one endpoint for the writer and
 * one for the readers. Everyone logs in with IAM, the pool to the database too: there is no password anywhere.
 *
 * Statements that change a session pin its connection. RDS offers filters against that for MySQL only, so the roles
 * carry their settings instead of the sessions (`ALTER ROLE … SET`), and {@link metricPinnedConnections} tells.
 */
export class ConnectionPool extends Construct implements ec2.IConnectable {
  /** The underlying proxy, for anything this construct does not cover. */
  public readonly proxy: rds.DatabaseProxy;

  /** Host name of the writer's endpoint. */
  public readonly writerHost: string;

  /** Host name of the read-only endpoint. */
  public readonly readerHost: string;

  /** How long a client waits for a free connection before it gets an error. */
  public readonly borrowTimeout: Duration;

  public readonly connections: ec2.Connections;

  private readonly clients: PoolClient[] = [];

  public constructor(scope: Construct, id: string, props: ConnectionPoolProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));
    const { maxConnectionsPercent } = props;
    this.borrowTimeout = props.borrowTimeout ?? Duration.seconds(5);
    const { capacity } = props.database;
    // At synthesis, when everyone has signed up.
    this.node.addValidation({
      validate: () => connectionBudgetProblems({ clients: this.clients, maxConnectionsPercent, capacity }),
    });

    const { database, vpc, vpcSubnets } = props;
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Connection pool of the database',
      allowAllOutbound: false,
    });
    this.connections = new ec2.Connections({
      securityGroups: [securityGroup],
      defaultPort: ec2.Port.tcp(POSTGRES_PORT),
    });
    this.proxy = new rds.DatabaseProxy(this, 'Resource', {
      proxyTarget: rds.ProxyTarget.fromCluster(database.cluster),
      vpc,
      vpcSubnets,
      securityGroups: [securityGroup],
      role: this.addRole(database),
      defaultAuthScheme: rds.DefaultAuthScheme.IAM_AUTH,
      requireTLS: true,
      maxConnectionsPercent: props.maxConnectionsPercent,
      maxIdleConnectionsPercent: props.maxIdleConnectionsPercent ?? Math.floor(props.maxConnectionsPercent / 2),
      borrowTimeout: this.borrowTimeout,
      idleClientTimeout: props.idleClientTimeout ?? Duration.minutes(30),
    });
    // Not only the targets, as the L2 has it: a proxy that is made before the writer is ready registers nothing.
    this.proxy.node.addDependency(database.cluster);
    const readOnly = this.proxy.addEndpoint('ReadOnly', {
      vpc,
      vpcSubnets,
      securityGroups: [securityGroup],
      targetRole: rds.ProxyEndpointTargetRole.READ_ONLY,
    });
    this.writerHost = this.proxy.endpoint;
    this.readerHost = readOnly.endpoint;
  }

  /** Counts processes that hold connections; synthesis fails, with the sum, when all of them together hold too many. */
  public addClients(client: PoolClient): void {
    this.clients.push(client);
  }

  /** Lets `grantee` log in through either endpoint as `user`. */
  public grantConnect(grantee: iam.IGrantable, user: DatabaseUser): iam.Grant {
    return this.proxy.grantConnect(grantee, user);
  }

  /** Connections that clients hold open to the pool. Sum over the pool's nodes. */
  public metricClientConnections(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfProxy('ClientConnections', options);
  }

  /** Log-ins that failed for their credentials. Sum. */
  public metricClientConnectionsSetupFailedAuth(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfProxy('ClientConnectionsSetupFailedAuth', options);
  }

  /** Connections that the pool holds open to the instances of `role`. Sum over the pool's nodes. */
  public metricDatabaseConnections(role: PoolRole, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('DatabaseConnections', role, options);
  }

  /** Connections that clients are using right now, to the instances of `role`. Sum over the pool's nodes. */
  public metricBorrowedConnections(role: PoolRole, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfRole('DatabaseConnectionsCurrentlyBorrowed', role, options);
  }

  /** Connections that belong to one client until it leaves, because of what it did to the session. Sum. */
  public metricPinnedConnections(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfProxy('DatabaseConnectionsCurrentlySessionPinned', options);
  }

  /** How long clients wait for a connection, in microseconds. Average. */
  public metricBorrowLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfProxy('DatabaseConnectionsBorrowLatency', {
      statistic: cloudwatch.Stats.AVERAGE,
      ...options,
    });
  }

  /** How long the database takes to answer the pool, in microseconds. Average. */
  public metricQueryDatabaseResponseLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricOfProxy('QueryDatabaseResponseLatency', { statistic: cloudwatch.Stats.AVERAGE, ...options });
  }

  /** Connections in use as a percentage of those that the pool may open to the instances of `role`. */
  public metricUtilization(role: PoolRole, options?: cloudwatch.MathExpressionOptions): cloudwatch.MathExpression {
    // A graph may show both roles, and their metrics must not share ids there.
    const at = role === 'READ_WRITE' ? 'Writer' : 'Readers';
    return new cloudwatch.MathExpression({
      expression: `100 * borrowed${at} / allowed${at}`,
      usingMetrics: {
        [`borrowed${at}`]: this.metricBorrowedConnections(role),
        [`allowed${at}`]: this.metricOfRole('MaxDatabaseConnectionsAllowed', role),
      },
      label: `Pool utilization (${role})`,
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** The proxy logs in to the database as the client's user, and needs the right to do so itself: the L2 gives it none. */
  private addRole(database: AuroraDatabase): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('rds.amazonaws.com'),
      description: 'Logs the connection pool in to the database',
    });
    for (const user of DATABASE_USERS) database.grantConnect(role, user);
    return role;
  }

  // The nodes of a proxy report each for itself, hence sums.
  private metricOfProxy(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const dimensions = { ProxyName: this.proxy.dbProxyName };
    return rdsMetric(name, dimensions, { statistic: cloudwatch.Stats.SUM, ...options });
  }

  private metricOfRole(name: string, role: PoolRole, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const dimensions = { ProxyName: this.proxy.dbProxyName, TargetGroup: 'default', TargetRole: role };
    return rdsMetric(name, dimensions, { statistic: cloudwatch.Stats.SUM, ...options });
  }
}

// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html
function validate(props: ConnectionPoolProps): string[] {
  return [
    ...integerInRange('maxConnectionsPercent', props.maxConnectionsPercent, 1, 100),
    ...integerInRange('maxIdleConnectionsPercent', props.maxIdleConnectionsPercent, 0, props.maxConnectionsPercent),
    ...secondsInRange('borrowTimeout', props.borrowTimeout, 1, 300),
    ...secondsInRange('idleClientTimeout', props.idleClientTimeout, 1, 28_800),
  ];
}
