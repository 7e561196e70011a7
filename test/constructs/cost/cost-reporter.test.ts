import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { context } from '../../../cdk.json';
import { CostDashboard } from '../../../lib/constructs/cost/cost-dashboard';
import { CostReporter } from '../../../lib/constructs/cost/cost-reporter';

const stack = new Stack(new App({ context }), 'Costs', { env: { region: 'eu-west-1' } });
const metric = new cloudwatch.Metric({
  namespace: 'AWS/CloudFront',
  metricName: 'Requests',
  dimensionsMap: { DistributionId: 'E1', Region: 'Global' },
  statistic: 'Sum',
  region: 'us-east-1',
});
const reporter = new CostReporter(stack, 'Reporter', {
  environment: 'production',
  requests: metric,
  usage: [
    { meter: 'alb.hour', factor: 1 },
    { meter: 'cloudfront.req.https.us', factor: 1e-4, metric },
  ],
});
new CostDashboard(stack, 'Dashboard', { reporter, monthlyBudgetUsd: 3041.67 });
const template = Template.fromStack(stack);

test('the hourly rule asks for the model with what is counted', () => {
  const requests = {
    namespace: 'AWS/CloudFront',
    name: 'Requests',
    dimensions: { DistributionId: 'E1', Region: 'Global' },
    statistic: 'Sum',
    region: 'us-east-1',
  };
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'cron(20 * * * ? *)',
    Targets: [
      Match.objectLike({
        Input: Match.serializedJson({
          report: 'model',
          environment: 'production',
          requests,
          usage: [
            { meter: 'alb.hour', factor: 1 },
            { meter: 'cloudfront.req.https.us', factor: 1e-4, metric: requests },
          ],
        }),
      }),
    ],
  });
});

test('the daily rule asks once for the bill of what carries the tag', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'cron(40 9 * * ? *)',
    Targets: [
      Match.objectLike({
        Input: Match.serializedJson({ report: 'truth', environment: 'production', tag: 'environment' }),
      }),
    ],
  });
});

test('the function may only read figures, besides what every function may', () => {
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [{ Action: ['ce:GetCostAndUsage', 'cloudwatch:GetMetricData'], Effect: 'Allow', Resource: '*' }],
    },
  });
});

test.each([
  ['metricCostPerRequest', reporter.metricCostPerRequest(), 'cost_per_request_usd', { environment: 'production' }],
  ['metricCost', reporter.metricCost('cache'), 'cost_usd', { environment: 'production', component: 'cache' }],
  ['metricCost of all', reporter.metricCost(), 'cost_total_usd', { environment: 'production' }],
  ['metricBilled', reporter.metricBilled(), 'cost_billed_total_usd', { environment: 'production' }],
  ['metricModelError', reporter.metricModelError(), 'cost_model_error_percent', { environment: 'production' }],
])('%s is the metric that the function publishes', (_, { namespace, metricName, dimensions }, name, labels) => {
  expect({ namespace, metricName, dimensions }).toEqual({
    namespace: 'Headroom/Cost',
    metricName: name,
    dimensions: labels,
  });
});

test('the caller’s options win', () => {
  expect(reporter.metricCostPerRequest({ period: Duration.days(1) }).period.toDays()).toBe(1);
});

test('the dashboard shows components, the budget per day, cost per request, and the model beside the bill', () => {
  const [body] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const text = JSON.stringify(body);
  for (const shown of [
    'USD per day by component',
    'USD per million requests',
    'cost_billed_total_usd',
    'cost_model_error_percent',
    'budget per day',
  ]) {
    expect(text).toContain(shown);
  }
});
