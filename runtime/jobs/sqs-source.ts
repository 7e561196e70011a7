import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Message, MessageSource } from './message-source';

/** SQS hands out ten messages at a time at most. */
const LARGEST_BATCH = 10;

export interface SqsSourceOptions {
  readonly queueUrl: string;

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
export function sqsSource({ queueUrl, waitSeconds = 5, client = new SQSClient() }: SqsSourceOptions): MessageSource {
  return {
    async receive(max) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(max, LARGEST_BATCH),
          WaitTimeSeconds: waitSeconds,
        }),
      );
      return Messages.flatMap(({ MessageId, Body, ReceiptHandle }): Message[] =>
        MessageId === undefined || ReceiptHandle === undefined
          ? []
          : [{ id: MessageId, body: Body ?? '', receipt: ReceiptHandle }],
      );
    },
    async delete({ receipt }) {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt }));
    },
    async release({ receipt }) {
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 }),
      );
    },
  };
}
