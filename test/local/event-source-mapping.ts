import { setTimeout as sleep } from 'node:timers/promises';
import type { SqsBatchResponse } from '../../runtime/jobs';
import type { CallOutcome, FunctionFleet } from './function-fleet';
import type { SqsQueue } from './sqs-queue';

export interface EventSourceMappingOptions {
  readonly queue: SqsQueue;
  readonly fleet: FunctionFleet;
  readonly batchSize: number;
  /** Batches in work at a time. */
  readonly maxConcurrency: number;
  /**
   * Whether the function's answer names the messages that stay (`ReportBatchItemFailures`).
   *
   * @default false
   */
  readonly reportsItemFailures?: boolean;
  /** Told what became of each batch; nobody unless a test sets it. */
  readonly onBatch?: (outcome: CallOutcome, bodies: readonly string[]) => void;
}

const POLL_MILLIS = 5;

/**
 * Lambda's own poller of a queue, without a batching window: a batch is what is there. What the function has done is
 * deleted; what it has not, however it ended, comes again after the visibility time-out.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class EventSourceMapping {
  private readonly pollers: readonly Promise<void>[];
  private stopped = false;

  public constructor(private readonly options: EventSourceMappingOptions) {
    this.pollers = Array.from({ length: options.maxConcurrency }, () => this.poll());
  }

  /** Takes no more batches and waits for those in work. */
  public async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.pollers);
  }

  private async poll(): Promise<void> {
    const { queue, fleet, batchSize, onBatch } = this.options;
    while (!this.stopped) {
      const batch = queue.receive(batchSize);
      if (batch.length === 0) {
        await sleep(POLL_MILLIS);
        continue;
      }
      const Records = batch.map(({ id, receipt, body, receives }) => ({
        messageId: id,
        receiptHandle: receipt,
        body,
        attributes: { ApproximateReceiveCount: String(receives) },
        messageAttributes: {},
        eventSource: 'aws:sqs',
      }));
      const outcome = await fleet.invoke({ Records });
      const left = this.left(outcome);
      for (const { id, receipt } of batch) if (left !== 'all' && !left.has(id)) queue.delete(receipt);
      onBatch?.(
        outcome,
        batch.map(({ body }) => body),
      );
    }
  }

  /** Which messages stay in the queue. */
  private left(outcome: CallOutcome): ReadonlySet<string> | 'all' {
    if (outcome.kind !== 'response') return 'all';
    if (this.options.reportsItemFailures !== true) return new Set();
    const { batchItemFailures } = outcome.value as SqsBatchResponse;
    return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  }
}
