import { Duration, Stack, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { assertNoProblems, integerInRange, secondsInRange } from '../../shared/validation';
import { PlatformFunction } from '../function/platform-function';
import { failoverDefinition } from './failover-definition';
import { permitFailover } from './failover-permissions';
import { failoverSteps } from './failover-steps';
import type { FailoverOrigin, FailoverTarget } from './failover-subject';

/** What an environment decides about moving to its other region. */
export interface FailoverSettings {
  /** Identifier of the Aurora global database. */
  readonly globalCluster: string;

  /** The region that is moved to; the program is deployed there. */
  readonly to: FailoverTarget;

  /** The region that is moved away from. */
  readonly from: FailoverOrigin;

  /** ARN of the key-value store of the edge functions. */
  readonly keyValueStoreArn: string;

  /** Mail addresses of those who approve a move. */
  readonly approvers: readonly string[];

  /** Address of a page that reads the database, through the edge. */
  readonly probeUrl: string;

  /** Replication lag that a graceful move starts with at most. */
  readonly maxLag: Duration;

  /**
   * Until every edge location has a new flag, and the longest request that began before it has ended.
   *
   * @default Duration.seconds(60)
   */
  readonly drain?: Duration;

  /**
   * Between two looks at whether a step is done.
   *
   * @default Duration.seconds(10)
   */
  readonly poll?: Duration;

  /**
   * How long operators may take to approve.
   *
   * @default Duration.hours(24)
   */
  readonly approvalTime?: Duration;
}

export interface FailoverProgramProps extends FailoverSettings {
  /** CloudWatch namespace of the results. */
  readonly metricsNamespace: string;

  /**
   * When a graceful move is proposed to the operators as a drill.
   *
   * @default - the first Tuesday of each quarter, 09:00 UTC
   */
  readonly drills?: scheduler.ScheduleExpression;
}

const FIRST_TUESDAY_OF_THE_QUARTER = scheduler.ScheduleExpression.cron({
  minute: '0',
  hour: '9',
  weekDay: 'TUE#1',
  month: '1,4,7,10',
});

/** Moves the platform to the region that it is deployed in: the runbook `docs/runbooks/failover.md` as a state machine. */
export class FailoverProgram extends Construct {
  /** Started with `{ "mode": "graceful" | "ungraceful", "approvedBy"?: …, "since"?: … }`. */
  public readonly stateMachine: sfn.StateMachine;

  private readonly namespace: string;

  public constructor(scope: Construct, id: string, props: FailoverProgramProps) {
    super(scope, id);
    const { drain = Duration.seconds(60), poll = Duration.seconds(10), approvalTime = Duration.hours(24) } = props;
    assertNoProblems(this, problemsOf(props, drain, poll));
    this.namespace = props.metricsNamespace;

    const probe = new PlatformFunction(this, 'Probe', {
      name: 'failover-probe',
      description: 'asks the site for data, as a viewer does, while it moves to another region',
      environment: { PROBE_URL: props.probeUrl },
    });
    const approvals = this.addApprovals(props.approvers);
    const subject = {
      ...props,
      probeArn: probe.function.functionArn,
      maxLagSeconds: props.maxLag.toSeconds(),
      drainSeconds: drain.toSeconds(),
    };
    const definition = failoverDefinition(failoverSteps(subject), {
      approvalTopicArn: approvals.topicArn,
      approvalSeconds: approvalTime.toSeconds(),
      pollSeconds: poll.toSeconds(),
      metricsNamespace: props.metricsNamespace,
    });
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      comment: 'moves the platform to this region',
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      timeout: Duration.days(2),
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.ONE_YEAR }),
        level: sfn.LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    this.stateMachine.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [approvals.topicArn] }),
    );
    permitFailover(this, this.stateMachine.role, subject, props.metricsNamespace);
    Validations.of(this.stateMachine).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'what Step Functions needs for its log delivery and its traces, which have no resource types',
    });
    this.proposeDrills(props.drills ?? FIRST_TUESDAY_OF_THE_QUARTER);
  }

  /** From the loss of a region (or the freeze of writes) until writes go on, in seconds. One value per move. */
  public metricRecoverySeconds(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('drill_recovery_seconds', options);
  }

  /** What a move lost, as seconds of writes. One value per move. */
  public metricDataLossSeconds(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('drill_data_loss_seconds', options);
  }

  /** Moves that failed: not approved, undone or stopped. Sum over 5 minutes. */
  public metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(options);
  }

  private metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: this.namespace,
      metricName,
      dimensionsMap: { scenario: 'region-switch' },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.days(1),
      ...options,
    });
  }

  private addApprovals(approvers: readonly string[]): sns.Topic {
    const topic = new sns.Topic(this, 'Approvals', {
      enforceSSL: true,
      // AWS's own key: whoever may publish here may use it, without a permission on the key.
      masterKey: kms.Alias.fromAliasName(this, 'ApprovalsKey', 'alias/aws/sns'),
    });
    for (const email of approvers) topic.addSubscription(new subscriptions.EmailSubscription(email));
    return topic;
  }

  /** Operators decide when: the drill begins with the question for their approval. */
  private proposeDrills(schedule: scheduler.ScheduleExpression): void {
    new scheduler.Schedule(this, 'Drills', {
      description: 'proposes a graceful move to the recovery region, as a drill',
      schedule,
      target: new targets.StepFunctionsStartExecution(this.stateMachine, {
        input: scheduler.ScheduleTargetInput.fromObject({ mode: 'graceful' }),
      }),
    });
  }
}

function problemsOf({ from, to, maxLag }: FailoverProgramProps, drain: Duration, poll: Duration): string[] {
  return [
    ...(from.region === to.region
      ? [`\`to.region\` must be another region than \`from.region\`, got ${to.region}`]
      : []),
    ...integerInRange('to.tasks', to.tasks, 1, 1_000),
    ...integerInRange('to.idleTasks', to.idleTasks, 0, to.tasks),
    ...secondsInRange('maxLag', maxLag, 1, 3_600),
    ...secondsInRange('drain', drain, 1, 900),
    ...secondsInRange('poll', poll, 1, 60),
  ];
}
