import { Duration } from 'aws-cdk-lib';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { applyInOrder } from '../../../lambda/template-stream/apply-in-order';
import { PlatformFunction } from '../../../lib/constructs/function/platform-function';
import { synthesizedTemplate } from '../../constructs/synthesized-template';
import { startFunction } from '../../local/lambda-runtime';

const record = (sequenceNumber: number, data: string) => ({
  kinesis: {
    sequenceNumber: String(sequenceNumber),
    partitionKey: 'visitor-1',
    data: Buffer.from(data).toString('base64'),
  },
});
const json = (sequenceNumber: number, value: unknown) => record(sequenceNumber, JSON.stringify(value));

test('applies in order and stops where it fails, so that nothing overtakes', async () => {
  const applied: unknown[] = [];
  const result = await applyInOrder([json(1, 'a'), record(2, 'not json'), json(3, 'b'), json(4, 'c')], {
    apply: async (value) => {
      if (value === 'b') throw new Error('later');
      applied.push(value);
    },
    unreadable: ({ kinesis: { sequenceNumber } }) => applied.push(`passed over ${sequenceNumber}`),
  });
  expect(applied).toEqual(['a', 'passed over 2']);
  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: '3' }] });
});

test('under the runtime client of AWS it counts by kind', async () => {
  const fn = startFunction('template-stream', { environment: { METRICS_NAMESPACE: 'Headroom/Test' } });
  try {
    const Records = [json(1, { kind: 'view' }), json(2, { kind: 'view' }), json(3, { kind: 'like' })];
    expect(await fn.call({ Records })).toEqual({ batchItemFailures: [] });
    expect(await fn.call({ Records: [json(4, { kind: 'view' }), json(5, {})] })).toEqual({
      batchItemFailures: [{ itemIdentifier: '5' }],
    });
    const counts = fn.log.map((line) => JSON.parse(line)).filter((line) => 'stream_events_total' in line);
    expect(counts.map(({ kind, stream_events_total: count }) => [kind, count])).toEqual([
      ['view', 2],
      ['like', 1],
      ['view', 1],
    ]);
  } finally {
    await fn.stop();
  }
});

test('reads a stream in order, halves a batch that fails, and keeps what it gave up', () => {
  const template = synthesizedTemplate((stack) => {
    const consumer = new PlatformFunction(stack, 'Consumer', {
      name: 'template-stream',
      description: 'Counts what the stream carries',
      metricsNamespace: 'Headroom/Test',
    });
    const stream = new kinesis.Stream(stack, 'Stream', { streamMode: kinesis.StreamMode.ON_DEMAND });
    consumer.function.addEventSource(
      new KinesisEventSource(stream, {
        startingPosition: lambda.StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: 10,
        maxRecordAge: Duration.hours(6),
      }),
    );
  });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 10,
  });
});
