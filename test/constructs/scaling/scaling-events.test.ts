import type { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ScalingEvents } from '../../../lib/constructs/scaling/scaling-events';
import { newStack, synthesizedTemplate } from '../synthesized-template';
import { serviceIn } from './scaled-service';

const bounds = { minTasks: 2, maxTasks: 10 };
const eventsIn = (stack: Stack): ScalingEvents =>
  new ScalingEvents(stack, 'Events', {
    service: serviceIn(stack, { kind: 'rolling' }, bounds).service.service,
    label: 'web',
    metricsNamespace: 'Headroom/Test',
    logRetention: RetentionDays.ONE_MONTH,
  });

let template: Template;

beforeAll(() => {
  template = synthesizedTemplate(eventsIn);
});

test('runs every minute', () => {
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
});

test('hears of the service, and of no other, when it is at its maximum', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.application-autoscaling'],
      'detail-type': ['Application Auto Scaling Scaling Activity State Change'],
      detail: { resourceId: [Match.objectLike({ 'Fn::Join': Match.anyValue() })] },
    },
  });
});

test('may read the scaling of its service, and write its log, its traces and the events that it gives up', () => {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter((policy) =>
    JSON.stringify(policy).includes('EventsFunctionRole'),
  );
  const actions = policies.flatMap(({ Properties }) =>
    (Properties.PolicyDocument.Statement as { Action: string | string[] }[]).flatMap(({ Action }) => Action),
  );
  expect(new Set(actions)).toEqual(
    new Set([
      'application-autoscaling:DescribeScalingActivities',
      'ecs:DescribeServices',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:SendMessage',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]),
  );
});

test('its history can be queried by name', () => {
  template.hasResourceProperties('AWS::Logs::QueryDefinition', {
    Name: 'Stack/Events/scaling history',
    LogGroupNames: [Match.anyValue()],
    QueryString:
      "fields at, service, action, from, to, cause\n| filter message = 'scaling activity'\n| sort at desc\n| limit 100",
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
});

test('its metrics are those that the function writes', () => {
  const events = eventsIn(newStack());
  expect(events.metricInstancesRunning().toMetricConfig().metricStat).toMatchObject({
    namespace: 'Headroom/Test',
    metricName: 'instances_running_total',
    dimensions: [{ name: 'service', value: 'web' }],
    statistic: 'Average',
  });
  expect(events.metricScalingEvents('scale_down').toMetricConfig().metricStat).toMatchObject({
    metricName: 'auto_scaling_events_total',
    dimensions: [{ name: 'action', value: 'scale_down' }],
    statistic: 'Sum',
  });
});
