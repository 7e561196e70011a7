import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AuroraDatabase } from '../database/aurora-database';
import { PlatformFunction } from '../function/platform-function';
import { insightsMetric } from './insights-metric';
import type { ReportBucket } from './report-bucket';

export interface ReplicaMonitorProps {
  readonly database: AuroraDatabase;

  /** The most readers that scaling makes; those that are always there when it makes none. */
  readonly maxReaders: number;

  readonly reports: ReportBucket;

  /** CloudWatch namespace of its metrics. */
  readonly metricsNamespace: string;
}

/** Reports every five minutes, minute by minute, how far each reader is behind, and where the cluster is not as configured. */
export class ReplicaMonitor extends Construct {
  /** The underlying function. */
  public readonly function: PlatformFunction;
  private readonly namespace: string;

  public constructor(scope: Construct, id: string, props: ReplicaMonitorProps) {
    super(scope, id);
    const { database, reports, metricsNamespace } = props;
    this.namespace = metricsNamespace;
    this.function = new PlatformFunction(this, 'Function', {
      name: 'replica-monitor',
      description: 'Reports lag, load and changes of the readers',
      metricsNamespace,
      onFailure: 'queue',
      maxEventAge: Duration.minutes(15),
      environment: {
        CLUSTER: database.cluster.clusterIdentifier,
        MIN_READERS: String(database.readers),
        MAX_READERS: String(props.maxReaders),
        REPORT_BUCKET: reports.bucket.bucketName,
      },
    });
    this.grantRead(database);
    reports.grantFolder(this.function.role, 'replica-monitor');
    new events.Rule(this, 'Every5Minutes', {
      description: 'Reports lag, load and changes of the readers',
      schedule: events.Schedule.rate(Duration.minutes(5)),
      targets: [new targets.LambdaFunction(this.function.function)],
    });
  }

  /** How far one reader is behind, in seconds. Maximum over 1 minute. */
  public metricReplicationLag(replica: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(
      this.namespace,
      'db_replication_lag_seconds',
      { replica },
      { period: Duration.minutes(1), ...options },
    );
  }

  /** Readers that are available. Over 5 minutes. */
  public metricReadersAvailable(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(this.namespace, 'db_readers_available', {}, options);
  }

  /** How far the busiest reader is above the mean, in percent. No data while none is busy. Over 5 minutes. */
  public metricReaderImbalance(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(this.namespace, 'db_reader_imbalance_percent', {}, options);
  }

  /** Ways in which the cluster is not as configured. Maximum over 5 minutes. */
  public metricDrift(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(this.namespace, 'db_topology_drift', {}, options);
  }

  /** Changes of writer and readers. Maximum over 5 minutes. */
  public metricTopologyChanges(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(this.namespace, 'db_topology_changes', {}, options);
  }

  private grantRead({ cluster }: AuroraDatabase): void {
    const stack = Stack.of(this);
    const clusterArn = stack.formatArn({
      service: 'rds',
      resource: 'cluster',
      resourceName: cluster.clusterIdentifier,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const policy = new iam.Policy(this, 'ReadReaders', {
      roles: [this.function.role],
      statements: [
        new iam.PolicyStatement({ actions: ['rds:DescribeDBClusters'], resources: [clusterArn] }),
        new iam.PolicyStatement({ actions: ['rds:DescribeDBInstances', 'cloudwatch:GetMetricData'], resources: ['*'] }),
      ],
    });
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'GetMetricData has no resource to name, and readers that scaling adds have no name yet; both only read',
    });
  }
}
