import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import type { BackgroundWorkProps } from '../../../lib/constructs/jobs/background-work';
import { background } from './background';

const workers = {
  kind: 'workers',
  cpu: 256,
  memoryMiB: 512,
  minTasks: 1,
  maxTasks: 4,
  concurrency: 4,
  maxWait: Duration.minutes(5),
  jobTime: Duration.millis(500),
} as const;

describe('jobs done by a function', () => {
  const { template, work } = background();

  test('of a batch only what failed stays, and no more run at once than are reserved', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Does the jobs of the queue',
      ReservedConcurrentExecutions: 5,
      Timeout: 60,
    });
  });

  test('it may bury what fails for good', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['sqs:SendMessage']),
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('JobsDeadLetters'), 'Arn'] },
          }),
        ]),
      },
    });
  });

  test('the relay looks until after its successor has begun, and may publish on the bus', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('outbox'),
      ReservedConcurrentExecutions: 2,
      Timeout: 90,
      Environment: { Variables: Match.objectLike({ RELAY_SECONDS: '65' }) },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 'events:PutEvents', Resource: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } }),
        ]),
      },
    });
  });

  test('the saga is traced, keeps a log without data, and says when an order is stuck', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
    expect([work.saga.metricFailed().metricName, work.saga.metricTimedOut().metricName]).toEqual([
      'ExecutionsFailed',
      'ExecutionsTimedOut',
    ]);
  });
});

test('jobs done by workers: their own program in the image, its settings, and scaling by the backlog', () => {
  const { template } = background({ processing: workers });
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.objectLike({
        EntryPoint: ['/usr/local/bin/node', '/app/job-worker.js'],
        Environment: Match.arrayWith([
          { Name: 'JOBS_CONCURRENCY', Value: '4' },
          { Name: 'JOBS_HEARTBEAT_SECONDS', Value: '60' },
        ]),
      }),
    ],
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp('Adds workers'),
  });
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
});

test.each<[string, Partial<BackgroundWorkProps>, string]>([
  [
    'a relay that would run into the one after its successor',
    { relay: Duration.seconds(66) },
    '`relay (seconds)` must be between 0 and 65, got 66',
  ],
  [
    'a function that could not be throttled that far',
    { processing: { kind: 'function', maxConcurrency: 1 } },
    '`maxConcurrency` must be between 2 and 1000, got 1',
  ],
  [
    'a job that no function can finish',
    { jobTimeout: Duration.minutes(20) },
    '`jobTimeout` must not be above 15 minutes in a function, got 20 minutes; use workers',
  ],
])('fails for %s', (_, props, problem) => {
  expect(() => background(props)).toThrow(problem);
});
