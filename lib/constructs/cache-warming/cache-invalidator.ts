import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { assertNoProblems, integerInRange, secondsInRange } from '../../shared/validation';
import type { DataAccess } from '../data-access/data-access';
import { PlatformFunction } from '../function/platform-function';
import type { FunctionNetwork } from '../function/platform-function-props';
import type { PurgingSettings } from './cache-upkeep-settings';

export interface CacheInvalidatorProps extends PurgingSettings {
  /** The bus of the application's events. */
  readonly bus: events.IEventBus;

  /** The CDN that forgets; tags need its `CacheTagConfig`. */
  readonly distribution: cloudfront.IDistribution;

  readonly data: DataAccess;

  /** Where it runs: private, with a way out to the API of CloudFront. */
  readonly network: FunctionNetwork;

  /** CloudWatch namespace of its metrics. */
  readonly metricsNamespace: string;

  readonly logRetention: logs.RetentionDays;
}

/** Types of events that carry cache tags (runtime/events/catalogue.ts), and their source. */
const CHANGES = { source: ['headroom.application'], detailType: ['ItemChanged'] };
/** On the queue: while one waits for the CDN's window and one starts, there is one that empties the cache. */
const EXECUTIONS = 3;
/** The schedule has one of its own: the queue's would be throttled, and their messages hidden for a minute. */
const EXECUTIONS_OF_THE_SCHEDULE = 1;
/** What the function needs is in its handler: seconds of work, and 20 s for a request to the CDN and its confirmation. */
const TIMEOUT = Duration.seconds(30);
/** When is done what an execution that died has left. */
export const AFTER_A_CRASH = {
  /**
   * How long its messages are hidden. Twice the time-out instead of the usual six times, which are for functions that
   * are throttled: this one has executions for all that its sources may ask of it.
   */
  visibility: Duration.minutes(1),
  /** Between two looks at what waits for CloudFront. */
  schedule: Duration.minutes(1),
};
/** The most that an event source takes of SQS without a batching window: no change waits for a batch to fill. */
const BATCH = 10;

/** Makes what an event has outdated disappear: shared cache, memory of every process, CDN, in this order. */
export class CacheInvalidator extends Construct {
  public readonly invalidator: PlatformFunction;

  /** Changes that wait; each is kept until every tier was told. */
  public readonly queue: sqs.Queue;

  /** Messages that are no change, with the reason as an attribute, and changes that failed for good. */
  public readonly deadLetters: sqs.Queue;

  private readonly metricsNamespace: string;

  /** @throws InvalidPropsError with every problem */
  public constructor(scope: Construct, id: string, props: CacheInvalidatorProps) {
    super(scope, id);
    assertNoProblems(this, validate(props));
    this.metricsNamespace = props.metricsNamespace;
    const encrypted = { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', { ...encrypted, retentionPeriod: Duration.days(14) });
    this.queue = new sqs.Queue(this, 'Changes', {
      ...encrypted,
      visibilityTimeout: AFTER_A_CRASH.visibility,
      // Cache or database may be away for a while: at this rate it takes an hour until a change is given up.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 60 },
    });
    this.invalidator = this.createFunction(props);
    this.invalidator.function.addEventSource(
      new SqsEventSource(this.queue, { batchSize: BATCH, maxConcurrency: EXECUTIONS }),
    );
    this.addRules(props.bus);
  }

  /** Changes that wait or are in work, age of the oldest in seconds. Maximum over 1 minute. */
  public metricOldestChange(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateAgeOfOldestMessage({ ...LARGEST, ...options });
  }

  /** Messages that nobody has looked at yet. Maximum over 1 minute. */
  public metricDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetters.metricApproximateNumberOfMessagesVisible({ ...LARGEST, ...options });
  }

  /** Tags and paths that CloudFront has not taken yet. Maximum over 1 minute. */
  public metricPending(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cdn_invalidation_pending', options);
  }

  /** From the change being known to CloudFront having taken it, in seconds. 99th percentile over 1 minute. */
  public metricDelay(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('cdn_invalidation_delay_seconds', { statistic: cloudwatch.Stats.percentile(99), ...options });
  }

  private metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({ namespace: this.metricsNamespace, metricName, ...LARGEST, ...options });
  }

  private createFunction(props: CacheInvalidatorProps): PlatformFunction {
    const invalidator = new PlatformFunction(this, 'Function', {
      name: 'cache-invalidator',
      description: 'Makes what an event has outdated disappear from every cache',
      timeout: TIMEOUT,
      network: props.network,
      data: { access: props.data, connectionsPerEndpoint: 1 },
      reservedConcurrency: EXECUTIONS + EXECUTIONS_OF_THE_SCHEDULE,
      metricsNamespace: props.metricsNamespace,
      logRetention: props.logRetention,
      environment: {
        DISTRIBUTION_ID: props.distribution.distributionId,
        CHANGES_QUEUE_URL: this.queue.queueUrl,
        DEAD_LETTER_QUEUE_URL: this.deadLetters.queueUrl,
        CDN_WINDOW_MILLISECONDS: String(props.window.toMilliseconds()),
        CDN_WILDCARD_FROM: String(props.wildcardFrom),
        CDN_MONTHLY_PATHS: String(props.monthlyPaths),
        CDN_WHEN_SPENT: props.whenSpent,
      },
      // What the schedule missed is done a minute later.
      onFailure: 'queue',
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
    });
    // To itself: when its time is up before everything is sent.
    this.queue.grantSendMessages(invalidator);
    this.deadLetters.grantSendMessages(invalidator);
    iam.Grant.addToPrincipal({
      grantee: invalidator,
      actions: ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'],
      resourceArns: [props.distribution.distributionArn],
    });
    iam.Grant.addToPrincipal({
      grantee: invalidator,
      actions: ['events:PutEvents'],
      resourceArns: [Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
    });
    return invalidator;
  }

  private addRules(eventBus: events.IEventBus): void {
    new events.Rule(this, 'Stale', {
      description: 'Changes that outdate cached answers',
      eventBus,
      eventPattern: CHANGES,
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters })],
    });
    new events.Rule(this, 'EveryMinute', {
      description: 'Sends to CloudFront what it refused before, or what an execution that died has left',
      schedule: events.Schedule.rate(AFTER_A_CRASH.schedule),
      targets: [
        new LambdaFunction(this.invalidator.function, {
          event: events.RuleTargetInput.fromObject({ flush: true }),
          maxEventAge: Duration.minutes(1),
          retryAttempts: 0,
        }),
      ],
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'it is where messages end that were given up; people read it',
    });
  }
}

const LARGEST = { statistic: cloudwatch.Stats.MAXIMUM, period: Duration.minutes(1) };

function validate(props: CacheInvalidatorProps): string[] {
  return [
    ...secondsInRange('window', props.window, 0.1, 60),
    ...integerInRange('wildcardFrom', props.wildcardFrom, 2, 3_000),
    ...integerInRange('monthlyPaths', props.monthlyPaths, 0, 10_000_000),
  ];
}
