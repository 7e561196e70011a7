import { InvokeCommand, LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import { ANSWER_WITHIN_MS, askEdge, type EdgeAnswer } from '../shared/ask-edge';
import type { EdgeOrder, EdgeReport } from '../shared/edge-order';
import { type EdgeRegion, NotAskedError } from './warm-edge';

/** The function in another region failed, or what it said is no report. */
class EdgeRegionError extends Error {
  public override readonly name = 'EdgeRegionError';
}

/**
 * How long after the deadline a region is waited for, in milliseconds: an answer that was on its way, the way there and
 * back, and a cold start.
 */
export const REPORT_WITHIN_MS = ANSWER_WITHIN_MS + 2_000;

const NOTHING_ASKED: EdgeReport = { requests: 0, hits: 0, failed: 0, gigabyteSeconds: 0 };

/** Asks from where this process runs; its time is billed with the run. */
export function fromHere(name: string, origin: string, fetch: (url: string) => Promise<EdgeAnswer>): EdgeRegion {
  return {
    name,
    ask: async (paths, deadline) => {
      const urls = paths.map((path) => `${origin}${path}`);
      return { ...(await askEdge(urls, { fetch, now: Date.now, deadline })), gigabyteSeconds: 0 };
    },
  };
}

/** Has the function in another region ask (lambda/edge-warmer), and waits for its report. */
export function fromElsewhere(name: string, origin: string, functionName: string): EdgeRegion {
  // One attempt: the first may have been heard although its answer was lost, and then all would be asked twice.
  const client = new LambdaClient({ region: name, maxAttempts: 1 });
  return {
    name,
    ask: async (paths, deadline) => {
      const withinMs = deadline - Date.now();
      if (withinMs <= 0) return NOTHING_ASKED;
      const order: EdgeOrder = { origin, paths, withinMs };
      const abortSignal = AbortSignal.timeout(withinMs + REPORT_WITHIN_MS);
      const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(order) });
      const { FunctionError, Payload } = await client.send(command, { abortSignal }).catch(refusal);
      const answer = Payload?.transformToString() ?? '';
      if (FunctionError !== undefined) throw new EdgeRegionError(`the function failed: ${answer}`);
      return readReport(answer, paths.length);
    },
  };
}

/** What Lambda refuses, such as too many calls or a function that is not there, has not begun. */
function refusal(error: unknown): never {
  if (error instanceof LambdaServiceException && error.$fault === 'client') {
    throw new NotAskedError(`Lambda refused: ${error.name}: ${error.message}`, { cause: error });
  }
  throw error;
}

function readReport(answer: string, most: number): EdgeReport {
  const { requests, hits, failed, gigabyteSeconds }: Partial<EdgeReport> = JSON.parse(answer) ?? {};
  const report = {
    requests: Number(requests),
    hits: Number(hits),
    failed: Number(failed),
    gigabyteSeconds: Number(gigabyteSeconds),
  };
  const known = report.hits + report.failed;
  const isCount =
    Number.isInteger(report.requests) && report.requests <= most && known >= 0 && known <= report.requests;
  if (isCount && report.gigabyteSeconds >= 0) return report;
  throw new EdgeRegionError(`the report must count up to ${most} requests, got ${answer}`);
}
