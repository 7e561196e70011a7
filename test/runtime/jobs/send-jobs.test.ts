import { SQSClient } from '@aws-sdk/client-sqs';
import { InvalidJobError, JobsNotSentError, type JobToSend, jobSender } from '../../../runtime/jobs';
import { integer, text } from '../../../runtime/messages';
import { type SqsServer, type SqsServerOptions, startSqsServer } from '../../local/sqs-server';
import { clientOf } from '../support/aws-client';

const JOBS = { count: { data: { number: integer(0) } }, write: { data: { words: text(300_000) } } };

let queue: SqsServer;
let client: SQSClient;

async function start(
  options?: SqsServerOptions,
): Promise<(jobs: readonly JobToSend<typeof JOBS>[]) => Promise<unknown>> {
  queue = await startSqsServer(options);
  client = new SQSClient(clientOf(queue));
  return jobSender({ definitions: JOBS, queueUrl: queue.queueUrl, client });
}

afterEach(async () => {
  client.destroy();
  await queue.stop();
});

const counts = (many: number): JobToSend<typeof JOBS>[] =>
  Array.from({ length: many }, (_, number) => ({ id: `count-${number}`, type: 'count', data: { number } }));

const held = (): unknown[] => queue.messages().map(({ body }) => JSON.parse(body));

test('sends any number in calls of ten, and makes ids for those that have none', async () => {
  const send = await start();
  const ids = await send([...counts(24), { type: 'count', data: { number: 24 } }]);
  expect(ids).toEqual([...counts(24).map(({ id }) => id), expect.stringMatching(/^[\da-f-]{36}$/)]);
  expect(held().slice(0, 24)).toEqual(counts(24));
  expect(queue.calls).toEqual(['SendMessageBatch', 'SendMessageBatch', 'SendMessageBatch']);
});

test('no call is larger than the queue takes', async () => {
  const send = await start();
  await send(Array.from({ length: 5 }, () => ({ type: 'write', data: { words: 'x'.repeat(100_000) } })));
  expect(queue.calls).toHaveLength(3);
  expect(held()).toHaveLength(5);
});

test('entries that the queue leaves out are sent again, and only those', async () => {
  const send = await start();
  queue.refuse(4);
  await send(counts(10));
  expect(new Set(held())).toEqual(new Set(counts(10)));
  expect(held()).toHaveLength(10);
  expect(queue.calls).toHaveLength(2);
});

test('fails with what to send again when the queue goes on leaving entries out', async () => {
  const send = await start();
  queue.refuse(1000);
  const failure = send(counts(12));
  await expect(failure).rejects.toThrow('12 jobs may not have been sent: Error: ThrottlingException: no reason');
  await expect(failure).rejects.toMatchObject({ ids: counts(12).map(({ id }) => id) });
  await expect(failure).rejects.toBeInstanceOf(JobsNotSentError);
});

test('a delayed job is not seen before its time', async () => {
  const send = await start();
  await send([{ type: 'count', data: { number: 1 }, delaySeconds: 900 }]);
  expect(queue.messages()).toEqual([expect.objectContaining({ visible: false })]);
});

test('a FIFO queue takes a job once, however often it is sent', async () => {
  const send = await start({ fifo: true });
  const job: JobToSend<typeof JOBS> = { id: 'one', type: 'count', data: { number: 1 }, group: 'a' };
  await send([job]);
  await send([job]);
  expect(queue.queue.size).toBe(1);
});

test('fails for every job that cannot be sent, before any is', async () => {
  const send = await start({ fifo: true });
  await expect(
    send([
      { type: 'count', data: { number: 1 }, group: 'a', delaySeconds: 1000 },
      { type: 'count', data: { number: 1 } },
    ]),
  ).rejects.toThrow(
    new InvalidJobError(
      '`jobs[0].delaySeconds` must be an integer from 0 to 900, got 1000; schedule what is later; ' +
        '`jobs[0].delaySeconds` must be absent in a FIFO queue, got 1000; schedule the job; ' +
        '`jobs[1].group` must be given in a FIFO queue, got none',
    ),
  );
  await expect(send([{ type: 'count', data: { number: -1 }, group: 'a' }])).rejects.toThrow(
    'not a job that is known: `job.data.number` must be an integer from 0 to 9007199254740991, got -1',
  );
  expect(queue.calls).toEqual([]);
});
