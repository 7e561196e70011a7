import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface ServiceEventsProps {
  /** The service whose tasks and deployments are followed. */
  readonly service: ecs.FargateService;
}

/**
 * Counts what ECS only tells as events: tasks that die or never start, and deployments that fail. EventBridge counts
 * how often a rule matches, so there is no code; the events themselves are kept for whoever looks for the reason.
 */
export class ServiceEvents extends Construct {
  /** The events as ECS sent them, with `stoppedReason` and `reason`. */
  public readonly logGroup: logs.LogGroup;

  private readonly crashed: events.Rule;
  private readonly failed: events.Rule;

  public constructor(scope: Construct, id: string, { service }: ServiceEventsProps) {
    super(scope, id);
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.logGroup.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    this.crashed = this.addRule('TaskCrashed', 'A task died or never started', {
      detailType: ['ECS Task State Change'],
      detail: {
        clusterArn: [service.cluster.clusterArn],
        group: [`service:${service.serviceName}`],
        lastStatus: ['STOPPED'],
        stopCode: ['EssentialContainerExited', 'TaskFailedToStart'],
      },
    });
    this.failed = this.addRule('DeploymentFailed', 'A deployment failed and was rolled back', {
      detailType: ['ECS Deployment State Change'],
      resources: [service.serviceArn],
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
    });
  }

  /** Tasks that died or never started. No data when none did. Sum over 1 minute. */
  public metricTaskCrashes(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return matches(this.crashed, options);
  }

  /** Deployments that failed. No data when none did. Sum over 1 minute. */
  public metricFailedDeployments(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return matches(this.failed, options);
  }

  private addRule(id: string, description: string, pattern: events.EventPattern): events.Rule {
    const { logGroupName } = this.logGroup;
    const target: events.IRuleTarget = {
      // The L2's target grants itself access with a custom resource and a function; a resource policy does the same.
      bind: () => ({ arn: Stack.of(this).formatArn({ service: 'logs', resource: `log-group:${logGroupName}` }) }),
    };
    return new events.Rule(this, id, {
      description,
      eventPattern: { source: ['aws.ecs'], ...pattern },
      targets: [target],
    });
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
function matches({ ruleName }: events.Rule, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Events',
    metricName: 'TriggeredRules',
    dimensionsMap: { RuleName: ruleName },
    statistic: cloudwatch.Stats.SUM,
    period: Duration.minutes(1),
    ...options,
  });
}
