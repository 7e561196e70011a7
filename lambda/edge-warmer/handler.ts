import { Logger } from '@aws-lambda-powertools/logger';
import { ANSWER_WITHIN_MS, askEdge, fetchFromEdge } from '../shared/ask-edge';
import type { EdgeReport } from '../shared/edge-order';
import type { Invocation } from '../shared/invocation';
import { readEdgeOrder } from './read-order';

const logger = new Logger();
const memoryGiB = Number(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? 256) / 1_024;

/** Kept back from the time-out: the requests under way end, and the report leaves. */
const RESERVE_MS = ANSWER_WITHIN_MS + 1_000;

/** Asks for what the warmer of another region hands over, from here: the answers stay at the edges near this region. */
export async function handler(event: unknown, invocation: Invocation): Promise<EdgeReport> {
  const { origin, paths, withinMs } = readEdgeOrder(event);
  const startedAt = Date.now();
  const tally = await askEdge(
    paths.map((path) => `${origin}${path}`),
    {
      fetch: fetchFromEdge,
      now: Date.now,
      deadline: startedAt + Math.min(withinMs, invocation.getRemainingTimeInMillis() - RESERVE_MS),
    },
  );
  const report = { ...tally, gigabyteSeconds: ((Date.now() - startedAt) / 1_000) * memoryGiB };
  logger.info('edges warmed', { report });
  return report;
}
