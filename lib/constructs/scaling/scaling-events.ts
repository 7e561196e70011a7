import { Duration, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PlatformFunction } from '../function/platform-function';

export interface ScalingEventsProps {
  /** The service whose tasks come and go. */
  readonly service: ecs.FargateService;

  /** What its metrics are labelled with, such as `web`. */
  readonly label: string;

  /** Namespace of the metrics. */
  readonly metricsNamespace: string;

  /** How long the history of scaling is kept. */
  readonly logRetention: logs.RetentionDays;
}

/**
 * Counts what scaling does and keeps its history. Application Auto Scaling sends an event only when a service is at its
 * maximum, so everything else is read from its list of activities once a minute (docs/decisions/0049).
 */
export class ScalingEvents extends Construct {
  /** Where the history is; the saved query `scaling history` reads it. */
  public readonly logGroup: logs.LogGroup;

  /** The function that reads and counts. */
  public readonly reader: PlatformFunction;

  private readonly props: ScalingEventsProps;

  public constructor(scope: Construct, id: string, props: ScalingEventsProps) {
    super(scope, id);
    this.props = props;
    this.reader = this.createFunction();
    this.logGroup = this.reader.logGroup;
    const target = new LambdaFunction(this.reader.function, { maxEventAge: Duration.minutes(5), retryAttempts: 2 });
    new events.Rule(this, 'EveryMinute', {
      description: 'Reports running tasks and the scaling activities of the minute',
      schedule: events.Schedule.rate(Duration.minutes(1)),
      targets: [target],
    });
    new events.Rule(this, 'AtMaximum', {
      description: 'Reports that the service cannot grow any more',
      eventPattern: {
        source: ['aws.application-autoscaling'],
        detailType: ['Application Auto Scaling Scaling Activity State Change'],
        detail: { resourceId: [this.resourceId] },
      },
      targets: [target],
    });
    new logs.QueryDefinition(this, 'History', {
      queryDefinitionName: `${this.node.path}/scaling history`,
      logGroups: [this.logGroup],
      queryString: new logs.QueryString({
        fields: ['at', 'service', 'action', 'from', 'to', 'cause'],
        filterStatements: ["message = 'scaling activity'"],
        sort: 'at desc',
        limit: 100,
      }),
    });
  }

  /** Tasks that run. Average over 1 minute. */
  public metricInstancesRunning(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('instances_running_total', { service: this.props.label }, cloudwatch.Stats.AVERAGE, options);
  }

  /** How often scaling did this. Sum over 1 minute; no data when it did not. */
  public metricScalingEvents(
    action: 'scale_up' | 'scale_down' | 'at_maximum',
    options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return this.metric('auto_scaling_events_total', { action }, cloudwatch.Stats.SUM, options);
  }

  private metric(
    metricName: string,
    dimensionsMap: Record<string, string>,
    statistic: string,
    options?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: this.props.metricsNamespace,
      metricName,
      dimensionsMap,
      statistic,
      period: Duration.minutes(1),
      ...options,
    });
  }

  private get resourceId(): string {
    const { service } = this.props;
    return `service/${service.cluster.clusterName}/${service.serviceName}`;
  }

  private createFunction(): PlatformFunction {
    const { service, label, metricsNamespace, logRetention } = this.props;
    const reader = new PlatformFunction(this, 'Function', {
      name: 'scaling-events',
      description: 'Counts what scaling does and keeps its history',
      timeout: Duration.seconds(20),
      metricsNamespace,
      logRetention,
      onFailure: 'queue',
      environment: {
        CLUSTER: service.cluster.clusterName,
        SERVICE: service.serviceName,
        SERVICE_LABEL: label,
      },
    });
    this.grantRead(reader.role);
    return reader;
  }

  private grantRead(role: iam.IRole): void {
    const { service } = this.props;
    const policy = new iam.Policy(this, 'ReadScaling', {
      roles: [role],
      statements: [
        new iam.PolicyStatement({ actions: ['ecs:DescribeServices'], resources: [service.serviceArn] }),
        new iam.PolicyStatement({ actions: ['application-autoscaling:DescribeScalingActivities'], resources: ['*'] }),
      ],
    });
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'application-autoscaling:DescribeScalingActivities has no resource to name',
    });
  }
}
