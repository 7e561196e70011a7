import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { JobQueue } from '../../../lib/constructs/jobs/job-queue';
import type { JobQueueProps } from '../../../lib/constructs/jobs/job-queue-props';
import { newStack } from '../synthesized-template';

function jobsIn(stack: Stack, props: Partial<JobQueueProps> = {}): JobQueue {
  return new JobQueue(stack, 'Jobs', { jobTimeout: Duration.seconds(60), ...props });
}

function template(
  props: Partial<JobQueueProps> = {},
  and: (jobs: JobQueue, stack: Stack) => void = () => {},
): Template {
  const stack = newStack();
  and(jobsIn(stack, props), stack);
  return Template.fromStack(stack);
}

test('a job is hidden for six times its time-out, waits four days, and is given up after five attempts', () => {
  template().hasResourceProperties('AWS::SQS::Queue', {
    VisibilityTimeout: 360,
    MessageRetentionPeriod: 345_600,
    ReceiveMessageWaitTimeSeconds: 20,
    SqsManagedSseEnabled: true,
    FifoQueue: Match.absent(),
    RedrivePolicy: {
      maxReceiveCount: 5,
      deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetters'), 'Arn'] },
    },
  });
});

test('dead letters are kept for two weeks', () => {
  template().hasResourceProperties('AWS::SQS::Queue', {
    MessageRetentionPeriod: 1_209_600,
    RedrivePolicy: Match.absent(),
  });
});

test('both queues refuse what is not encrypted on its way', () => {
  const policies = template().findResources('AWS::SQS::QueuePolicy', {
    Properties: {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    },
  });
  expect(Object.keys(policies)).toHaveLength(2);
});

test('in order by choice: both queues are FIFO, and groups do not wait for each other', () => {
  const fifo = template({ fifo: true });
  fifo.resourcePropertiesCountIs('AWS::SQS::Queue', { FifoQueue: true }, 2);
  fifo.hasResourceProperties('AWS::SQS::Queue', {
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  });
});

test('a schedule sends a job with an id of its own each time, and keeps what it cannot send', () => {
  template({}, (jobs) =>
    jobs.addSchedule('Nightly', {
      description: 'Every night',
      schedule: scheduler.ScheduleExpression.cron({ hour: '3', minute: '17' }),
      type: 'refresh-popularity',
      data: { days: 30 },
    }),
  ).hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(17 3 * * ? *)',
    Target: {
      Input: '{"id":"<aws.scheduler.execution-id>","type":"refresh-popularity","data":{"days":30}}',
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetters'), 'Arn'] } },
    },
  });
});

test('whoever schedules single jobs may do so in their group, and hand on the one role', () => {
  const granted = template({}, (jobs, stack) => {
    jobs.grantSchedule(
      new iam.Role(stack, 'Sender', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') }),
    );
  });
  granted.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Action: ['scheduler:CreateSchedule', 'scheduler:DeleteSchedule'],
          Effect: 'Allow',
          Resource: Match.anyValue(),
        },
        {
          Action: 'iam:PassRole',
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('SchedulerRole'), 'Arn'] },
        },
      ],
    },
  });
});

test('its metrics are those of its queues', () => {
  const jobs = jobsIn(newStack());
  const metrics = [jobs.metricOldestAge(), jobs.metricWaiting(), jobs.metricInWork(), jobs.metricDeadLetters()];
  expect(metrics.map(({ metricName, statistic }) => [metricName, statistic])).toEqual([
    ['ApproximateAgeOfOldestMessage', 'Maximum'],
    ['ApproximateNumberOfMessagesVisible', 'Maximum'],
    ['ApproximateNumberOfMessagesNotVisible', 'Maximum'],
    ['ApproximateNumberOfMessagesVisible', 'Maximum'],
  ]);
  expect(jobs.metricDeadLetters().dimensions).not.toEqual(jobs.metricWaiting().dimensions);
});

test.each<[string, Partial<JobQueueProps>, string]>([
  [
    'a visibility below the time-out',
    { visibilityTimeout: Duration.seconds(59) },
    '`visibilityTimeout` must not be below `jobTimeout`, got 59 seconds and 1 minute: a job would be handed out again ' +
      'while it is being done; leave it out for six times as long',
  ],
  [
    'dead letters that go before they come',
    { retention: Duration.days(14), deadLetterRetention: Duration.days(14) },
    '`deadLetterRetention` must be above `retention`, got 14 days and 14 days: its time counts from when the job was ' +
      'sent, so a dead letter could vanish as it arrives',
  ],
  [
    'a job of more than two hours',
    { jobTimeout: Duration.hours(3) },
    '`jobTimeout (seconds)` must be between 1 and 7200, got 10800',
  ],
  [
    'a visibility that SQS does not know',
    { visibilityTimeout: Duration.hours(13) },
    '`visibilityTimeout (seconds)` must be between 1 and 43200, got 46800',
  ],
  ['no attempt', { maxReceives: 0 }, '`maxReceives` must be between 1 and 1000, got 0'],
  [
    'a short retention',
    { retention: Duration.seconds(30) },
    '`retention (seconds)` must be between 60 and 1209600, got 30',
  ],
  [
    'a long retention',
    { deadLetterRetention: Duration.days(15) },
    '`deadLetterRetention (seconds)` must be between 60 and 1209600, got 1296000',
  ],
])('fails for %s', (_, props, problem) => {
  expect(() => jobsIn(new Stack(new App(), 'Test'), props)).toThrow(`invalid props at 'Test/Jobs':\n  - ${problem}`);
});
