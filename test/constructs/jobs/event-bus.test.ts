import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { EventBus } from '../../../lib/constructs/jobs/event-bus';
import { EVENT_SOURCE } from '../../../runtime/events';
import { newStack } from '../synthesized-template';

function subscribed(archiveRetention: Duration | 'none' = 'none'): Template {
  const stack = newStack();
  const bus = new EventBus(stack, 'Events', { archiveRetention });
  const queue = new sqs.Queue(stack, 'Queue');
  bus.subscribe('ItemChanged', {
    description: 'Items for the queue',
    types: ['ItemChanged', 'OrderPlaced'],
    target: (options) => new SqsQueue(queue, options),
  });
  return Template.fromStack(stack);
}

test('a subscriber gets the types that it names, from the application only, and loses none', () => {
  subscribed().hasResourceProperties('AWS::Events::Rule', {
    EventBusName: { Ref: Match.stringLikeRegexp('Events') },
    EventPattern: { source: [EVENT_SOURCE], 'detail-type': ['ItemChanged', 'OrderPlaced'] },
    Targets: [
      Match.objectLike({
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('EventsUndelivered'), 'Arn'] } },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      }),
    ],
  });
});

test('keeps events for a replay by choice', () => {
  subscribed().resourceCountIs('AWS::Events::Archive', 0);
  subscribed(Duration.days(30)).hasResourceProperties('AWS::Events::Archive', {
    EventPattern: { source: [EVENT_SOURCE] },
    RetentionDays: 30,
  });
});

test('counts what was not delivered', () => {
  const bus = new EventBus(newStack(), 'Events', { archiveRetention: 'none' });
  expect(bus.metricUndelivered()).toMatchObject({
    metricName: 'ApproximateNumberOfMessagesVisible',
    statistic: 'Maximum',
  });
});

test('fails for an archive of part of a day', () => {
  expect(() => subscribed(Duration.hours(30))).toThrow(
    "`archiveRetention` must be whole days, at least 1, got 1 day 6 hours; or 'none'",
  );
});
