import { Logger } from '@aws-lambda-powertools/logger';
import { DEFAULT_RETRY, handleSqsBatch, jobHandler, type SqsEvent, sqsSource } from '../../runtime/jobs';
import { JOBS, jobHandlers } from '../../service/src/jobs/jobs';
import { backgroundDatabase } from '../shared/background-database';
import { requireEnv } from '../shared/env';
import type { Invocation } from '../shared/invocation';

const logger = new Logger();
const handle = jobHandler(JOBS, jobHandlers(backgroundDatabase()));
const source = sqsSource({
  queueUrl: requireEnv('JOBS_QUEUE_URL'),
  deadLetterUrl: requireEnv('JOBS_DEAD_LETTER_URL'),
});
const retry = { ...DEFAULT_RETRY, maxReceives: Number(requireEnv('JOBS_MAX_RECEIVES')) };

/** What is left at the end to say how each message went. */
const RESERVE_MILLIS = 1_000;

/** Does the jobs of one batch, and tells Lambda which of them stay in the queue. */
export const handler = (event: SqsEvent, context: Invocation) =>
  handleSqsBatch(event, {
    source,
    handle,
    retry,
    signal: AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MILLIS)),
    onError: (error, { id, receives }) => logger.error('job', { error: error as Error, messageId: id, receives }),
  });
