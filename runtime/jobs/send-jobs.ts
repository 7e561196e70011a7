import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import { batches, integer } from '../messages';
import { traceHeader } from '../telemetry/trace-header';
import { InvalidJobError, type JobDefinitions, type NewJob, newJob } from './job';

/** Of one call. SQS takes 1 MiB since August 2025; older regions and targets 256 KiB. */
const LIMITS = { items: 10, bytes: 256 * 1024 };

/** The longest delay that SQS knows; beyond it a schedule is needed. */
const MAX_DELAY_SECONDS = 900;

/** Calls for the entries that a call leaves out, which SQS does when it is throttled. */
const ATTEMPTS = 4;
const PAUSE_MILLIS = 100;

export type JobToSend<D extends JobDefinitions> = NewJob<D> & {
  /**
   * How long nobody sees the job, 0 to 900 seconds; not for a FIFO queue, whose delay is the queue's.
   *
   * @default 0
   */
  readonly delaySeconds?: number;

  /**
   * In a FIFO queue, which needs it, jobs of a group are done in their order; in another one a noisy group does not
   * delay the others (fair queues).
   *
   * @default - none
   */
  readonly group?: string;
};

export interface JobSenderOptions<D extends JobDefinitions> {
  readonly definitions: D;
  readonly queueUrl: string;
  readonly client: Pick<SQSClient, 'send'>;
}

/** The queue did not take all jobs, or it is not known. Sending those again under the same ids is safe. */
export class JobsNotSentError extends Error {
  public override readonly name = 'JobsNotSentError';

  public constructor(
    /** Ids of the jobs to send again. */
    public readonly ids: readonly string[],
    cause: unknown,
  ) {
    super(`${ids.length} jobs may not have been sent: ${String(cause)}`, { cause });
  }
}

/** Puts jobs into a queue, ten at a time, and resolves with their ids in the order given. */
export type SendJobs<D extends JobDefinitions> = (jobs: readonly JobToSend<D>[]) => Promise<readonly string[]>;

/**
 * Makes the sender of a queue. It throws `InvalidJobError` when a job breaks its definition or a rule of the queue,
 * before anything is sent, and `JobsNotSentError` when the queue does not take all of them.
 */
export function jobSender<D extends JobDefinitions>(options: JobSenderOptions<D>): SendJobs<D> {
  const { definitions, queueUrl, client } = options;
  const fifo = queueUrl.endsWith('.fifo');
  return async (jobs) => {
    const problems = jobs.flatMap((job, index) => sendProblems(job, `jobs[${index}]`, fifo));
    if (problems.length > 0) throw new InvalidJobError(problems.join('; '));
    const trace = traceHeader();
    const entries = jobs.map(({ delaySeconds, group, ...job }, index): Entry => {
      const { id, type, data } = newJob(definitions, job as NewJob<D>);
      return {
        id,
        Id: String(index),
        MessageBody: JSON.stringify({ id, type, data }),
        ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
        ...(group !== undefined && { MessageGroupId: group }),
        ...(fifo && { MessageDeduplicationId: id }),
        ...(trace !== undefined && {
          MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
        }),
      };
    });
    let left = entries;
    try {
      for (const batch of batches(entries, ({ MessageBody = '' }) => Buffer.byteLength(MessageBody), LIMITS)) {
        await sendBatch(client, queueUrl, batch);
        left = left.slice(batch.length);
      }
    } catch (error) {
      throw new JobsNotSentError(
        left.map(({ id }) => id),
        error,
      );
    }
    return entries.map(({ id }) => id);
  };
}

interface Entry extends SendMessageBatchRequestEntry {
  /** Of the job. */
  readonly id: string;
}

function sendProblems({ delaySeconds, group }: { delaySeconds?: number; group?: string }, path: string, fifo: boolean) {
  const problems: string[] = [];
  const seconds = integer(0, MAX_DELAY_SECONDS);
  if (delaySeconds !== undefined && !seconds.accepts(delaySeconds)) {
    problems.push(`\`${path}.delaySeconds\` must be ${seconds.expects}, got ${delaySeconds}; schedule what is later`);
  }
  if (fifo && delaySeconds !== undefined) {
    problems.push(`\`${path}.delaySeconds\` must be absent in a FIFO queue, got ${delaySeconds}; schedule the job`);
  }
  if (fifo && group === undefined) problems.push(`\`${path}.group\` must be given in a FIFO queue, got none`);
  return problems;
}

/** Entries that SQS leaves out for no fault of theirs are sent again. */
async function sendBatch(client: Pick<SQSClient, 'send'>, queueUrl: string, batch: readonly Entry[]): Promise<void> {
  let left = batch;
  for (let attempt = 1; ; attempt++) {
    const Entries = left.map(({ id: _, ...entry }) => entry);
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    const [first] = Failed;
    if (first === undefined) return;
    if (attempt === ATTEMPTS || Failed.some(({ SenderFault }) => SenderFault === true)) {
      throw new Error(`${first.Code}: ${first.Message ?? 'no reason'}`);
    }
    const failed = new Set(Failed.map(({ Id }) => Id));
    left = left.filter(({ Id }) => failed.has(Id));
    await sleep(Math.random() * PAUSE_MILLIS * 2 ** attempt);
  }
}
