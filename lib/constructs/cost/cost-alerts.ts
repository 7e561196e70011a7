import { Stack, Validations } from 'aws-cdk-lib';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import * as ce from 'aws-cdk-lib/aws-ce';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { assertNoProblems } from '../../shared/validation';
import { type CostSettings, costProblems } from './cost-settings';

export interface CostAlertsProps extends CostSettings {
  /** Value of the cost allocation tag `environment` on everything that is counted. */
  readonly environment: string;
}

/** Shares of the budget at which a message goes out: what is spent, and what the month will come to. */
const NOTIFICATIONS = [
  { type: 'ACTUAL', percent: 80 },
  { type: 'ACTUAL', percent: 100 },
  { type: 'FORECASTED', percent: 100 },
] as const;

/** Tag whose values tell the environments apart on the bill; it must be activated once in the billing console. */
export const COST_TAG = 'environment';

/** Says when a month becomes dearer than planned, and when a day is unlike the others. */
export class CostAlerts extends Construct {
  /** Where budgets and anomalies are reported. */
  public readonly topic: sns.Topic;

  public constructor(scope: Construct, id: string, props: CostAlertsProps) {
    super(scope, id);
    assertNoProblems(this, costProblems(props));
    this.topic = this.addTopic(props);
    this.addBudget(props);
    this.addAnomalyDetection(props);
  }

  private addTopic({ alertEmails }: CostAlertsProps): sns.Topic {
    const topic = new sns.Topic(this, 'Topic', { enforceSSL: true });
    for (const service of ['budgets.amazonaws.com', 'costalerts.amazonaws.com']) {
      topic.grantPublish(
        // Without the account anybody's budget could write here: the confused deputy of
        // https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
        new iam.ServicePrincipal(service, {
          conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
        }),
      );
    }
    for (const email of alertEmails === 'none' ? [] : alertEmails) {
      topic.addSubscription(new subscriptions.EmailSubscription(email));
    }
    Validations.of(topic).acknowledge({
      id: 'AwsSolutions-SNS2',
      reason: 'messages about amounts hold no secrets; a key of its own would cost more than the topic',
    });
    return topic;
  }

  private addBudget({ environment, monthlyBudgetUsd }: CostAlertsProps): void {
    new budgets.CfnBudget(this, 'Budget', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyBudgetUsd, unit: 'USD' },
        filterExpression: { tags: { key: COST_TAG, values: [environment], matchOptions: ['EQUALS'] } },
        metrics: ['UnblendedCost'],
      },
      notificationsWithSubscribers: NOTIFICATIONS.map(({ type, percent }) => ({
        notification: {
          comparisonOperator: 'GREATER_THAN',
          notificationType: type,
          threshold: percent,
          thresholdType: 'PERCENTAGE',
        },
        subscribers: [{ subscriptionType: 'SNS', address: this.topic.topicArn }],
      })),
    });
  }

  private addAnomalyDetection({ environment, anomalyThresholdUsd }: CostAlertsProps): void {
    const monitor = new ce.CfnAnomalyMonitor(this, 'AnomalyMonitor', {
      // Both names are required by CloudFormation and must be unique in the account.
      monitorName: `headroom-${environment}`,
      monitorType: 'CUSTOM',
      monitorSpecification: JSON.stringify({
        Tags: { Key: COST_TAG, Values: [environment], MatchOptions: ['EQUALS'] },
      }),
    });
    new ce.CfnAnomalySubscription(this, 'AnomalySubscription', {
      subscriptionName: `headroom-${environment}`,
      // Only immediate reports can go to a topic; mails are daily or weekly.
      frequency: 'IMMEDIATE',
      monitorArnList: [monitor.attrMonitorArn],
      subscribers: [{ type: 'SNS', address: this.topic.topicArn }],
      thresholdExpression: JSON.stringify({
        Dimensions: {
          Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
          MatchOptions: ['GREATER_THAN_OR_EQUAL'],
          Values: [String(anomalyThresholdUsd)],
        },
      }),
    });
  }
}
