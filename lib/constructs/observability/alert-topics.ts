import { Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { ObservabilitySettings } from './observability-settings';

export interface AlertTopicsProps extends Pick<ObservabilitySettings, 'pageEmails' | 'ticketEmails'> {
  /** Key of the messages; CloudWatch is allowed to use it. */
  readonly encryptionKey: kms.IKey;
}

/** Where alarms go: one topic that wakes somebody and one that does not, encrypted with a key that CloudWatch may use. */
export class AlertTopics extends Construct {
  /** Wakes somebody. */
  public readonly page: sns.Topic;

  /** Waits for the morning. */
  public readonly ticket: sns.Topic;

  public constructor(scope: Construct, id: string, { pageEmails, ticketEmails, encryptionKey }: AlertTopicsProps) {
    super(scope, id);
    const cloudWatch = new iam.ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
    // Without it CloudWatch cannot publish to an encrypted topic, and nobody is told:
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    encryptionKey.grantEncryptDecrypt(cloudWatch);
    const topic = (name: string, emails: readonly string[] | 'none'): sns.Topic => {
      const made = new sns.Topic(this, name, { masterKey: encryptionKey, enforceSSL: true });
      made.grantPublish(cloudWatch);
      for (const email of emails === 'none' ? [] : emails) made.addSubscription(new EmailSubscription(email));
      return made;
    };
    this.page = topic('Page', pageEmails);
    this.ticket = topic('Ticket', ticketEmails);
  }

  /** Makes `alarm` say that it went off and, to whoever was woken, that it is over. */
  public notify(alarm: cloudwatch.AlarmBase, severity: 'page' | 'ticket'): void {
    const action = new SnsAction(this[severity]);
    alarm.addAlarmAction(action);
    if (severity === 'page') alarm.addOkAction(action);
  }
}
