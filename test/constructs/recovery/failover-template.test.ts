import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { context } from '../../../cdk.json';
import { production } from '../../../lib/config/production';
import { FailoverProgram } from '../../../lib/constructs/recovery/failover-program';
import { FAILOVER_CALLS } from '../../../lib/constructs/recovery/failover-step';
import { PlatformStage } from '../../../lib/platform-stage';
import { AWAY, failoverProps, failoverTemplate, HOME } from './failover-world';

const template = failoverTemplate();

test('logs every execution with its data, and traces it', () => {
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    LoggingConfiguration: Match.objectLike({ Level: 'ALL', IncludeExecutionData: true }),
    TracingConfiguration: { Enabled: true },
  });
});

test('a drill is proposed every quarter, and nobody is moved without an approval', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 9 ? 1,4,7,10 TUE#1 *)',
    Target: Match.objectLike({ Input: '{"mode":"graceful"}' }),
  });
});

test('may make the calls of the steps, each on what it is about', () => {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')) as {
    Properties: { PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] } };
  }[];
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const allowed = statements.flatMap(({ Action }) => Action);
  expect(allowed).toEqual(expect.arrayContaining(Object.values(FAILOVER_CALLS)));
  const [rds] = statements.filter(({ Action }) => [Action].flat().includes('rds:FailoverGlobalCluster'));
  expect(JSON.stringify(rds?.Resource)).toContain(AWAY.databaseClusterArn);
  expect(JSON.stringify(rds?.Resource)).toContain(HOME.databaseClusterArn);
});

test('its results have metrics', () => {
  const { stack, program } = build();
  const dimensions = { scenario: 'region-switch' };
  expect(program.metricRecoverySeconds()).toMatchObject({
    namespace: 'Headroom/Production',
    metricName: 'drill_recovery_seconds',
    dimensions,
  });
  expect(program.metricDataLossSeconds({ statistic: 'Minimum' })).toMatchObject({
    metricName: 'drill_data_loss_seconds',
    statistic: 'Minimum',
  });
  expect(stack.resolve(program.metricFailed().dimensions)).toHaveProperty('StateMachineArn');
});

test('fails when a prop cannot work, and says everything at once', () => {
  expect(() =>
    build({
      to: { ...failoverProps.to, region: HOME.region, tasks: 0, idleTasks: 2 },
      maxLag: Duration.seconds(0),
      drain: Duration.minutes(20),
      poll: Duration.minutes(2),
    }),
  ).toThrow(
    [
      "invalid props at 'Recovery/Failover':",
      '  - `to.region` must be another region than `from.region`, got us-east-1',
      '  - `to.tasks` must be between 1 and 1000, got 0',
      '  - `to.idleTasks` must be between 0 and 0, got 2',
    ].join('\n'),
  );
});

test('has no finding', () => {
  const { app } = build();
  expect(new AwsSolutionsChecks().validateScope(app).violations).toEqual([]);
});

function build(more: Partial<typeof failoverProps> = {}) {
  const app = new App({ context });
  const stack = new Stack(app, 'Recovery', { env: { region: AWAY.region, account: '111111111111' } });
  return { app, stack, program: new FailoverProgram(stack, 'Failover', { ...failoverProps, ...more }) };
}

test('the stack Recovery has it where it is configured, and asks those who approve', () => {
  const { metricsNamespace: _, ...settings } = failoverProps;
  const failover = {
    ...settings,
    drain: Duration.seconds(60),
    poll: Duration.seconds(10),
    approvalTime: Duration.hours(24),
  };
  const config = { ...production, backup: { ...production.backup, failover } };
  const stage = new PlatformStage(new App({ context }), { config });
  const recovery = Template.fromStack(stage.node.findChild('Recovery') as Stack);
  recovery.resourceCountIs('AWS::Scheduler::Schedule', 1);
  recovery.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'oncall@example.com' });
});
