import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  type Message as Delivered,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Gatherer } from './gatherer';
import type { Message, MessageSource } from './message-source';

/** SQS hands out and takes back ten messages at a time at most. */
const LARGEST_BATCH = 10;

/** How long a deletion waits for others: every call to SQS is paid for. */
const GATHER_MILLIS = 20;

export interface SqsSourceOptions {
  readonly queueUrl: string;

  /** Where dead letters go: the queue that `queueUrl`'s redrive policy names. */
  readonly deadLetterUrl: string;

  /**
   * How long the queue waits for a message before it answers with none, 0 to 20 seconds. Stopping waits for it too.
   *
   * @default 5
   */
  readonly waitSeconds?: number;

  /** @default - a client with the environment's region, credentials and `AWS_ENDPOINT_URL` */
  readonly client?: SQSClient;
}

/** An SQS queue as a worker sees it. */
export function sqsSource(options: SqsSourceOptions): MessageSource {
  const { queueUrl, deadLetterUrl, waitSeconds = 5, client = new SQSClient() } = options;
  const deletions = new Gatherer<string>({
    max: LARGEST_BATCH,
    waitMillis: GATHER_MILLIS,
    flush: (receipts) => deleteBatch(client, queueUrl, receipts),
  });
  return {
    async receive(max) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(max, LARGEST_BATCH),
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount', 'MessageGroupId', 'AWSTraceHeader'],
        }),
      );
      return Messages.flatMap(messageOf);
    },
    delete: ({ receipt }) => deletions.add(receipt),
    async hide({ receipt }, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt, VisibilityTimeout: seconds }),
      );
    },
    async bury({ id, body, receives, group }, reason) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: deadLetterUrl,
          MessageBody: body,
          MessageAttributes: {
            reason: { DataType: 'String', StringValue: reason },
            receives: { DataType: 'Number', StringValue: String(receives) },
            messageId: { DataType: 'String', StringValue: id },
          },
          ...(group !== undefined && { MessageGroupId: group }),
          ...(deadLetterUrl.endsWith('.fifo') && { MessageDeduplicationId: id }),
        }),
      );
    },
  };
}

function messageOf({ MessageId: id, Body: body = '', ReceiptHandle: receipt, Attributes }: Delivered): Message[] {
  if (id === undefined || receipt === undefined) return [];
  const group = Attributes?.MessageGroupId;
  const receives = Number(Attributes?.ApproximateReceiveCount ?? 1);
  const trace = Attributes?.AWSTraceHeader;
  return [
    { id, body, receipt, receives, ...(group !== undefined && { group }), ...(trace !== undefined && { trace }) },
  ];
}

/** Why each receipt could not be deleted; `undefined` where it was. */
async function deleteBatch(
  client: SQSClient,
  queueUrl: string,
  receipts: readonly string[],
): Promise<readonly (Error | undefined)[]> {
  const Entries = receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
  const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  const failures = new Map(
    Failed.map(({ Id, Code, Message: text }) => [Id, new Error(`${Code}: ${text ?? 'no reason'}`)]),
  );
  return Entries.map(({ Id }) => failures.get(Id));
}
