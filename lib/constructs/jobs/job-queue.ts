import { Duration, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { assertNoProblems } from '../../shared/validation';
import { jobQueueProblems, VISIBILITY_FACTOR } from './job-queue-problems';
import type { JobQueueProps } from './job-queue-props';

/** A job as a schedule sends it. */
export interface ScheduledJob {
  /** What it is for. */
  readonly description: string;
  readonly schedule: scheduler.ScheduleExpression;
  /** Name of the job's kind, as the application defines it. */
  readonly type: string;
  /** What the job is told. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A queue for work that must happen, but not while somebody waits for the answer; with the dead letters of what failed
 * for good, and the schedules of what is to happen later. Encrypted with keys of SQS (docs/decisions/0058).
 */
export class JobQueue extends Construct {
  /** The underlying queue. */
  public readonly queue: sqs.Queue;

  /** Where jobs end that failed for good, each with its reason. */
  public readonly deadLetters: sqs.Queue;

  /** Where single jobs are scheduled for later. */
  public readonly schedules: scheduler.ScheduleGroup;

  public readonly maxReceives: number;

  /** Longest that the work of one job takes. */
  public readonly jobTimeout: Duration;

  /** What EventBridge Scheduler may do. */
  private readonly schedulerRole: iam.Role;

  /** @throws InvalidPropsError with every problem */
  public constructor(scope: Construct, id: string, props: JobQueueProps) {
    super(scope, id);
    assertNoProblems(this, jobQueueProblems(props));
    this.jobTimeout = props.jobTimeout;
    this.maxReceives = props.maxReceives ?? 5;
    const common = {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // CloudFormation knows no `false`: a standard queue is one that says nothing.
      ...(props.fifo === true && { fifo: true }),
    };
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      ...common,
      retentionPeriod: props.deadLetterRetention ?? Duration.days(14),
    });
    this.queue = new sqs.Queue(this, 'Resource', {
      ...common,
      visibilityTimeout: props.visibilityTimeout ?? Duration.seconds(VISIBILITY_FACTOR * props.jobTimeout.toSeconds()),
      retentionPeriod: props.retention ?? Duration.days(4),
      receiveMessageWaitTime: Duration.seconds(20),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: this.maxReceives },
      // Those of a group may be handed out whatever other groups do.
      ...(props.fifo === true && {
        deduplicationScope: sqs.DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
    });
    this.schedules = new scheduler.ScheduleGroup(this, 'Schedules');
    this.schedulerRole = new iam.Role(this, 'SchedulerRole', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com'),
      description: 'EventBridge Scheduler sends jobs',
    });
    this.queue.grantSendMessages(this.schedulerRole);
  }

  /** Lets `grantee` send jobs. */
  public grantSend(grantee: iam.IGrantable): iam.Grant {
    return this.queue.grantSendMessages(grantee);
  }

  /** Lets `grantee` take jobs and bury those that fail for good. */
  public grantWork(grantee: iam.IGrantable): iam.Grant {
    return this.queue.grantConsumeMessages(grantee).combine(this.deadLetters.grantSendMessages(grantee));
  }

  /** Lets `grantee` schedule single jobs, each named after its job, and take them back. */
  public grantSchedule(grantee: iam.IGrantable): iam.Grant {
    const schedules = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.schedules.scheduleGroupName}/*`,
    });
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'],
      resourceArns: [schedules],
    }).combine(this.schedulerRole.grantPassRole(grantee.grantPrincipal));
  }

  /** Sends a job again and again. */
  public addSchedule(id: string, { description, schedule, type, data }: ScheduledJob): scheduler.Schedule {
    return new scheduler.Schedule(this, id, {
      description,
      schedule,
      scheduleGroup: this.schedules,
      target: new SqsSendMessage(this.queue, {
        role: this.schedulerRole,
        deadLetterQueue: this.deadLetters,
        input: scheduler.ScheduleTargetInput.fromObject({ id: scheduler.ContextAttribute.executionId, type, data }),
      }),
    });
  }

  /** The settings of a process that takes jobs. */
  public workEnvironment(): Record<string, string> {
    return {
      JOBS_QUEUE_URL: this.queue.queueUrl,
      JOBS_DEAD_LETTER_URL: this.deadLetters.queueUrl,
      JOBS_MAX_RECEIVES: String(this.maxReceives),
    };
  }

  /** The settings of a process that sends and schedules jobs. */
  public sendEnvironment(): Record<string, string> {
    return {
      JOBS_QUEUE_URL: this.queue.queueUrl,
      JOBS_QUEUE_ARN: this.queue.queueArn,
      JOBS_SCHEDULE_GROUP: this.schedules.scheduleGroupName,
      JOBS_SCHEDULE_ROLE_ARN: this.schedulerRole.roleArn,
    };
  }

  /** Age of the oldest job that waits or is in work, in seconds. Maximum over 1 minute. */
  public metricOldestAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateAgeOfOldestMessage({ ...MAXIMUM, ...options });
  }

  /** Jobs that wait. Maximum over 1 minute. */
  public metricWaiting(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateNumberOfMessagesVisible({ ...MAXIMUM, ...options });
  }

  /** Jobs in work. Maximum over 1 minute. */
  public metricInWork(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateNumberOfMessagesNotVisible({ ...MAXIMUM, ...options });
  }

  /** Jobs that failed for good and that nobody has looked at yet. Maximum over 1 minute. */
  public metricDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetters.metricApproximateNumberOfMessagesVisible({ ...MAXIMUM, ...options });
  }
}

const MAXIMUM = { statistic: 'Maximum', period: Duration.minutes(1) };
