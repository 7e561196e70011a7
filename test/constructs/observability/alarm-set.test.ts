import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as kms from 'aws-cdk-lib/aws-kms';
import { context } from '../../../cdk.json';
import type { AlarmRow } from '../../../lib/constructs/observability/alarm-row';
import { AlarmSet, type AlarmSetProps } from '../../../lib/constructs/observability/alarm-set';
import { AlertTopics } from '../../../lib/constructs/observability/alert-topics';
import { burnAlerts, type Objective } from '../../../lib/constructs/observability/burn-rate';

const metric = new cloudwatch.Metric({
  namespace: 'AWS/RDS',
  metricName: 'CPUUtilization',
  period: Duration.minutes(1),
});
const row = (id: string, severity: AlarmRow['severity'], change: Partial<AlarmRow> = {}): AlarmRow => ({
  id,
  says: 'It is busy',
  metric,
  when: { above: 80 },
  datapoints: [3, 5],
  severity,
  missing: { counts: 'notBreaching', because: 'it is being replaced' },
  ...change,
});
const objective = (goal: number): Objective => ({ id: 'availability', verb: 'fail', goal, badPercent: () => metric });

function made(props: Partial<AlarmSetProps>): Template {
  const stack = new Stack(new App({ context }), 'Test');
  const topics = new AlertTopics(stack, 'Topics', {
    pageEmails: ['oncall@example.com'],
    ticketEmails: 'none',
    encryptionKey: new kms.Key(stack, 'Key'),
  });
  new AlarmSet(stack, 'Set', { concerns: [], objectives: [], topics, ...props });
  return Template.fromStack(stack);
}

test('a ticket notifies by itself, a page through its incident', () => {
  const template = made({
    concerns: [{ name: 'database', rows: [row('writer-cpu', 'ticket'), row('connections', 'page')] }],
  });
  template.hasResource('AWS::CloudWatch::Alarm', {
    Properties: { AlarmActions: [{ Ref: Match.stringLikeRegexp('Ticket') }], TreatMissingData: 'notBreaching' },
    Metadata: { 'Headroom::Alarm': { id: 'writer-cpu', runbook: 'writer-cpu', missing: 'it is being replaced' } },
  });
  template.hasResource('AWS::CloudWatch::Alarm', {
    Properties: { AlarmActions: Match.absent() },
    Metadata: { 'Headroom::Alarm': { silent: 'data-incident tells it, once for all that goes wrong together' } },
  });
  template.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
    AlarmActions: [{ Ref: Match.stringLikeRegexp('Page') }],
    OKActions: [{ Ref: Match.stringLikeRegexp('Page') }],
    ActionsSuppressor: Match.absent(),
  });
});

test('an incident waits for the deeper one, and for a deployment where that may explain it', () => {
  const concerns = [
    { name: 'database', rows: [row('connections', 'page')] },
    { name: 'service', rows: [row('below-minimum', 'page')] },
  ];
  const suppressed = { ActionsSuppressorWaitPeriod: 120, ActionsSuppressorExtensionPeriod: 300 };
  made({ concerns }).hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
    ...suppressed,
    ActionsSuppressor: { 'Fn::GetAtt': [Match.stringLikeRegexp('DataIncident'), 'Arn'] },
  });
  made({ concerns, deployments: metric }).hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
    ...suppressed,
    ActionsSuppressor: { 'Fn::GetAtt': [Match.stringLikeRegexp('ServiceIncidentExplained'), 'Arn'] },
  });
});

// 14.4, 6, 3 and 1 times the budget, in percent of the requests.
test.each([
  [0.999, [1.44, 0.6, 0.3, 0.1]],
  [0.9, [60, 30, 10]],
])('an objective of %d alarms from these shares on', (goal, shares) => {
  expect(burnAlerts(objective(goal)).map(({ thresholdPercent }) => thresholdPercent)).toEqual(shares);
});

test('one bad request alone is no rate', () => {
  for (const { minRequests, thresholdPercent } of burnAlerts(objective(0.999))) {
    expect(100 / minRequests).toBeLessThanOrEqual(thresholdPercent);
  }
});

test.each<[Partial<AlarmRow>, string]>([
  [{ id: 'Writer CPU' }, "`id` must be lower-case words with dashes, got 'Writer CPU'"],
  [{ datapoints: [6, 5] }, "`datapoints` must be 1 to 5 of 5, got 6 at 'a'"],
  [{ id: 'b' }, "`concerns` must not have an id twice, got 'b'"],
])('fails when %j', (change, message) => {
  const rows = [row('b', 'ticket'), row('a', 'ticket', change)];
  expect(() => made({ concerns: [{ name: 'database', rows }] })).toThrow(message);
});
