import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError, type AwsServer, jsonService, startAwsServer } from './aws-server';
import { type QueueOptions, SqsQueue } from './sqs-queue';

export interface SqsServerOptions extends Partial<Omit<QueueOptions, 'deadLetters'>> {}

/** An SQS queue with its dead letters that speaks the real wire protocol: start programs with `AWS_ENDPOINT_URL`. */
export interface SqsServer extends AwsServer {
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
  readonly queue: SqsQueue;
  readonly deadLetters: SqsQueue;
  /** Puts messages into the queue. */
  send(bodies: readonly string[]): void;
  /** What the queue holds, with the number of deliveries and whether receivers can see it. */
  messages(): readonly { readonly body: string; readonly receives: number; readonly visible: boolean }[];
  /** Leaves the next `count` entries of batches undone, inside an answer of 200. */
  refuse(count: number): void;
  /** Names of the calls so far, oldest first. */
  readonly calls: readonly string[];
}

/** One entry of a batch, or the request of a single operation. */
interface Entry {
  readonly Id?: string;
  readonly MessageBody?: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
  readonly MessageSystemAttributes?: { readonly AWSTraceHeader?: { readonly StringValue?: string } };
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
}

type Answer = Readonly<Record<string, unknown>>;

const POLL_MILLIS = 10;
const LARGEST_BATCH = 10;
const LARGEST_BYTES = 1024 * 1024;

/** Starts a queue with at-least-once delivery and long polling. Messages are hidden for 30 seconds unless told otherwise. */
export async function startSqsServer(options: SqsServerOptions = {}): Promise<SqsServer> {
  const { fifo = false, visibilitySeconds = 30 } = options;
  const deadLetters = new SqsQueue({ fifo, visibilitySeconds });
  const queue = new SqsQueue({ ...options, fifo, visibilitySeconds, deadLetters });
  const suffix = fifo ? '.fifo' : '';
  const queueOf = ({ QueueUrl }: Answer): SqsQueue =>
    String(QueueUrl).endsWith(`/dead-letters${suffix}`) ? deadLetters : queue;
  let refusing = 0;
  const batch = (entries: unknown, act: (entry: Entry) => Answer): Answer => {
    const given = entries as readonly Entry[];
    refuseWrongBatch(given);
    const results = given.map((entry) => {
      if (refusing === 0) return { Id: entry.Id, ...act(entry) };
      refusing -= 1;
      return { Id: entry.Id, Code: 'ThrottlingException', SenderFault: false };
    });
    const failed = results.filter((result) => 'Code' in result);
    return { Successful: results.filter((result) => !('Code' in result)), Failed: failed };
  };
  const server = await startAwsServer(
    jsonService({
      SendMessage: (request) => send(queueOf(request), request, fifo),
      SendMessageBatch: (request) => batch(request['Entries'], (entry) => send(queueOf(request), entry, fifo)),
      ReceiveMessage: (request) => receive(queueOf(request), request),
      DeleteMessage: (request) => remove(queueOf(request), request),
      DeleteMessageBatch: (request) => batch(request['Entries'], (entry) => remove(queueOf(request), entry)),
      ChangeMessageVisibility: (request) => hide(queueOf(request), request),
    }),
  );
  return {
    ...server,
    queueUrl: `${server.url}/000000000000/jobs${suffix}`,
    deadLetterUrl: `${server.url}/000000000000/dead-letters${suffix}`,
    queue,
    deadLetters,
    get calls() {
      return server.requests.map(({ operation }) => operation);
    },
    send: (bodies) => bodies.forEach((body) => void queue.add({ body })),
    messages: () =>
      queue
        .messages()
        .map(({ body, receives, hiddenUntil }) => ({ body, receives, visible: hiddenUntil <= Date.now() })),
    refuse: (count) => {
      refusing += count;
    },
  };
}

/** Limits of a batch: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
function refuseWrongBatch(entries: readonly Entry[]): void {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'there are no entries');
  if (entries.length > LARGEST_BATCH) throw new AwsError('TooManyEntriesInBatchRequest', `got ${entries.length}`);
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError('BatchEntryIdsNotDistinct', 'two entries have the same id');
  }
  const bytes = entries.reduce((sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody), 0);
  if (bytes > LARGEST_BYTES) throw new AwsError('BatchRequestTooLong', `got ${bytes} bytes`);
}

function send(queue: SqsQueue, entry: Entry, fifo: boolean): Answer {
  const { MessageBody: body = '', MessageGroupId: group, DelaySeconds: delaySeconds, MessageAttributes } = entry;
  if (fifo && group === undefined) throw new AwsError('MissingParameter', 'a FIFO queue needs a MessageGroupId');
  if (fifo && delaySeconds !== undefined) {
    throw new AwsError('InvalidParameterValue', 'the delay of a message is not for FIFO queues');
  }
  const deduplicationId = entry.MessageDeduplicationId;
  const trace = entry.MessageSystemAttributes?.AWSTraceHeader?.StringValue;
  const id = queue.add({ body, group, trace, delaySeconds, deduplicationId, attributes: MessageAttributes ?? {} });
  return { MessageId: id, MD5OfMessageBody: md5(body) };
}

async function receive(queue: SqsQueue, request: Answer): Promise<Answer> {
  const until = Date.now() + Number(request['WaitTimeSeconds'] ?? 0) * 1000;
  for (;;) {
    const taken = queue.receive(Number(request['MaxNumberOfMessages'] ?? 1));
    if (taken.length > 0) return { Messages: taken.map(delivered) };
    if (Date.now() >= until) return {};
    await sleep(POLL_MILLIS);
  }
}

function delivered({ id, receipt, body, group, trace, receives }: ReturnType<SqsQueue['receive']>[number]): Answer {
  const Attributes = {
    ApproximateReceiveCount: String(receives),
    ...(group !== undefined && { MessageGroupId: group }),
    ...(trace !== undefined && { AWSTraceHeader: trace }),
  };
  return { MessageId: id, ReceiptHandle: receipt, Body: body, MD5OfBody: md5(body), Attributes };
}

function remove(queue: SqsQueue, { ReceiptHandle }: Entry): Answer {
  queue.delete(String(ReceiptHandle));
  return {};
}

function hide(queue: SqsQueue, { ReceiptHandle, VisibilityTimeout }: Entry): Answer {
  const hidden = queue.hide(String(ReceiptHandle), Number(VisibilityTimeout));
  if (!hidden) throw new AwsError('InvalidParameterValue', 'the message is not in the queue any more');
  return {};
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
