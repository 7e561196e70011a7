import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { context } from '../../../cdk.json';
import { CostAlerts, type CostAlertsProps } from '../../../lib/constructs/cost/cost-alerts';

function alerts(props: Partial<CostAlertsProps> = {}): Template {
  const stack = new Stack(new App({ context }), 'Costs');
  new CostAlerts(stack, 'Alerts', {
    environment: 'production',
    monthlyBudgetUsd: 2500,
    anomalyThresholdUsd: 100,
    alertEmails: ['costs@example.com'],
    ...props,
  });
  return Template.fromStack(stack);
}

test('the budget covers what carries the environment’s tag and reports to the topic', () => {
  alerts().hasResourceProperties('AWS::Budgets::Budget', {
    Budget: {
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: 2500, Unit: 'USD' },
      FilterExpression: { Tags: { Key: 'environment', Values: ['production'], MatchOptions: ['EQUALS'] } },
    },
    NotificationsWithSubscribers: [
      ['ACTUAL', 80],
      ['ACTUAL', 100],
      ['FORECASTED', 100],
    ].map(([NotificationType, Threshold]) => ({
      Notification: { NotificationType, Threshold, ThresholdType: 'PERCENTAGE', ComparisonOperator: 'GREATER_THAN' },
      Subscribers: [{ SubscriptionType: 'SNS', Address: { Ref: Match.stringLikeRegexp('Topic') } }],
    })),
  });
});

test('an unusual day of the environment is reported at once from the threshold on', () => {
  const template = alerts();
  template.hasResourceProperties('AWS::CE::AnomalyMonitor', {
    MonitorType: 'CUSTOM',
    MonitorSpecification: Match.serializedJson(
      Match.objectLike({ Tags: Match.objectLike({ Key: 'environment', Values: ['production'] }) }),
    ),
  });
  template.hasResourceProperties('AWS::CE::AnomalySubscription', {
    Frequency: 'IMMEDIATE',
    Subscribers: [{ Type: 'SNS', Address: { Ref: Match.stringLikeRegexp('Topic') } }],
    ThresholdExpression: Match.serializedJson(
      Match.objectLike({ Dimensions: Match.objectLike({ Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE', Values: ['100'] }) }),
    ),
  });
});

test('only this account’s budgets and anomalies may publish', () => {
  alerts().hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'sns:Publish',
          Effect: 'Allow',
          Principal: { Service: ['budgets.amazonaws.com', 'costalerts.amazonaws.com'] },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
});

test('people are written to, or deliberately nobody', () => {
  alerts().hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'costs@example.com' });
  alerts({ alertEmails: 'none' }).resourceCountIs('AWS::SNS::Subscription', 0);
});

test.each([
  [{ monthlyBudgetUsd: 0 }, '`monthlyBudgetUsd` must be between 1 and 10000000, got 0'],
  [{ anomalyThresholdUsd: 0 }, '`anomalyThresholdUsd` must be between 1 and 1000000, got 0'],
  [{ monthlyBudgetUsd: 50 }, '`anomalyThresholdUsd` must not be above `monthlyBudgetUsd`, got 100 and 50'],
])('fails when %j', (props, message) => {
  expect(() => alerts(props)).toThrow(message);
});
