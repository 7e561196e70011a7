import { App, Duration, Stack, Stage } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { inGroups, numbered, summedUp } from '../../../lib/constructs/observability/alarms/in-groups';
import { queueAlarms } from '../../../lib/constructs/observability/alarms/queues';
import { queuesAround } from '../../../lib/constructs/observability/find-watched';

test.each([
  [0, []],
  [10, [10]],
  [11, [10, 1]],
  [30, [10, 10, 10]],
])('%i metrics become alarms over %j of them', (count, sizes) => {
  const items = Array.from({ length: count }, (_, index) => index);
  const groups = inGroups(items);
  expect(groups.map(({ length }) => length)).toEqual(sizes);
  expect(groups.flat()).toEqual(items);
});

test('the first alarm has no number, so that an eleventh queue does not rename it', () => {
  expect([0, 1, 2].map((index) => numbered('queues-age', index))).toEqual([
    'queues-age',
    'queues-age-2',
    'queues-age-3',
  ]);
});

test('a sum names each of its metrics', () => {
  const metrics = ['a', 'b'].map((metricName) => new cloudwatch.Metric({ namespace: 'Test', metricName }));
  expect(summedUp(metrics, Duration.minutes(5)).expression).toBe('SUM([m0, m1])');
});

test('queues of every stack of the environment in the region are watched, by what they are for', () => {
  const stage = new Stage(new App(), 'Production');
  const stack = (id: string, region: string) => new Stack(stage, id, { env: { account: '111111111111', region } });
  const first = stack('First', 'eu-west-1');
  const deadLetters = new sqs.Queue(first, 'Dead');
  const second = stack('Second', 'eu-west-1');
  const work = new sqs.Queue(second, 'Work', { deadLetterQueue: { queue: deadLetters, maxReceiveCount: 3 } });
  new sqs.Queue(stack('Edge', 'us-east-1'), 'Elsewhere');
  const watched = queuesAround(first);
  expect(watched).toEqual({ work: [work], dead: [deadLetters] });
  expect(queueAlarms(watched).rows.map(({ id }) => id)).toEqual(['queues-age', 'queues-dead-letters']);
});
