import { Duration, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import type { TargetBaseProps } from 'aws-cdk-lib/aws-events-targets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { assertNoProblems } from '../../shared/validation';

export interface EventBusProps {
  /** How long every event is kept so that it can be replayed, in whole days, or `'none'`. */
  readonly archiveRetention: Duration | 'none';
}

/** Who listens to what. */
export interface Subscription {
  /** What happens with the events. */
  readonly description: string;

  /** Types of events, such as `ItemChanged`. */
  readonly types: readonly [string, ...string[]];

  /** Makes the target with what every target of the platform must have: retries that end, and a place for what they lose. */
  readonly target: (options: Required<TargetBaseProps>) => events.IRuleTarget;
}

/** As `runtime/events/entry.ts` says it. */
const SOURCE = 'headroom.application';

/** The bus of the application's events. What cannot be delivered within a day goes to a queue. */
export class EventBus extends Construct {
  /** The underlying bus. */
  public readonly bus: events.EventBus;

  /** Events that a target did not take. */
  public readonly undelivered: sqs.Queue;

  /** @throws InvalidPropsError with every problem */
  public constructor(scope: Construct, id: string, { archiveRetention }: EventBusProps) {
    super(scope, id);
    assertNoProblems(this, validate(archiveRetention));
    this.bus = new events.EventBus(this, 'Resource', { description: 'What happened in the application' });
    this.undelivered = new sqs.Queue(this, 'Undelivered', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.undelivered).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'it is where events end that were given up; people read it',
    });
    if (archiveRetention !== 'none') {
      this.bus.archive('Archive', {
        description: 'Events to replay when a reader was wrong or is new',
        eventPattern: { source: [SOURCE] },
        retention: archiveRetention,
      });
    }
  }

  /** Hands events of some types on. */
  public subscribe(id: string, { description, types, target }: Subscription): events.Rule {
    return new events.Rule(this, id, {
      eventBus: this.bus,
      description,
      eventPattern: { source: [SOURCE], detailType: [...types] },
      targets: [target({ deadLetterQueue: this.undelivered, maxEventAge: Duration.hours(24), retryAttempts: 185 })],
    });
  }

  /** Lets `grantee` publish. */
  public grantPublish(grantee: iam.IGrantable): iam.Grant {
    return this.bus.grantPutEventsTo(grantee);
  }

  /** Events that a target did not take and that nobody has looked at yet. Maximum over 1 minute. */
  public metricUndelivered(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.undelivered.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: Duration.minutes(1),
      ...options,
    });
  }
}

function validate(archiveRetention: Duration | 'none'): string[] {
  if (archiveRetention === 'none') return [];
  const days = archiveRetention.toDays({ integral: false });
  return Number.isInteger(days) && days >= 1
    ? []
    : [`\`archiveRetention\` must be whole days, at least 1, got ${archiveRetention.toHumanString()}; or 'none'`];
}
