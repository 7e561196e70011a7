import { lanesOf, type Message, type MessageSource } from './message-source';
import { consequenceOf, DEFAULT_RETRY, type RetryPolicy } from './retry-policy';
import { tracedHandle } from './traced-handle';

/** What of a Lambda event from SQS is used: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly receiptHandle: string;
    readonly body: string;
    readonly attributes: {
      readonly ApproximateReceiveCount: string;
      readonly MessageGroupId?: string;
      readonly AWSTraceHeader?: string;
    };
  }[];
}

/** Messages that Lambda leaves in the queue; it deletes the others. */
export interface SqsBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface SqsBatchOptions {
  readonly source: Pick<MessageSource, 'hide' | 'bury'>;
  readonly handle: (message: Message, signal: AbortSignal) => Promise<void>;
  /** Told about everything that failed. */
  readonly onError: (error: unknown, message: Message) => void;
  /** @default - `DEFAULT_RETRY` */
  readonly retry?: RetryPolicy;
  /** Aborts shortly before the function's time is up. */
  readonly signal: AbortSignal;
}

/**
 * Handles the messages of one invocation as a worker does: those of a group in their order, failed ones again after a
 * while, hopeless ones buried, and each for itself: one that fails takes no other with it.
 */
export async function handleSqsBatch({ Records }: SqsEvent, options: SqsBatchOptions): Promise<SqsBatchResponse> {
  const messages = Records.map(({ messageId, receiptHandle, body, attributes }): Message => {
    const group = attributes.MessageGroupId;
    const receives = Number(attributes.ApproximateReceiveCount);
    const trace = attributes.AWSTraceHeader;
    return {
      id: messageId,
      receipt: receiptHandle,
      body,
      receives,
      ...(group !== undefined && { group }),
      ...(trace !== undefined && { trace }),
    };
  });
  const left = await Promise.all(lanesOf(messages).map((lane) => handleLane(lane, options)));
  return { batchItemFailures: left.flat().map(({ id }) => ({ itemIdentifier: id })) };
}

/** The messages that stay in the queue: from the first on that failed, for those behind it must not overtake it. */
async function handleLane(lane: readonly Message[], options: SqsBatchOptions): Promise<readonly Message[]> {
  for (const [index, message] of lane.entries()) {
    if (await handled(message, options)) continue;
    const behind = lane.slice(index + 1);
    await Promise.all(behind.map((each) => hide(each, 0, options)));
    return [message, ...behind];
  }
  return [];
}

async function handled(message: Message, options: SqsBatchOptions): Promise<boolean> {
  const { source, handle, onError, retry = DEFAULT_RETRY, signal } = options;
  try {
    await tracedHandle(handle)(message, signal);
    return true;
  } catch (error) {
    onError(error, message);
    const consequence = consequenceOf(message, error, retry);
    if ('retryInSeconds' in consequence) {
      await hide(message, consequence.retryInSeconds, options);
      return false;
    }
    return source.bury(message, consequence.deadBecause).then(
      () => true,
      (cause: unknown) => {
        onError(cause, message);
        return false;
      },
    );
  }
}

/** When it fails the message comes back all the same, later. */
async function hide(message: Message, seconds: number, { source, onError }: SqsBatchOptions): Promise<void> {
  await source.hide(message, seconds).catch((error: unknown) => onError(error, message));
}
