import { request } from 'node:https';

/** What an edge answered. */
export interface EdgeAnswer {
  readonly status: number;
  /** Whether it had the answer already. */
  readonly hit: boolean;
}

export interface WarmEdgeDeps {
  readonly fetch: (url: string) => Promise<EdgeAnswer>;
  /** Adds to the requests of the month and returns the sum. */
  readonly spend: (requests: number) => Promise<number>;
  readonly now: () => number;
}

export interface WarmEdgeOptions {
  /** Where viewers come in, such as `https://www.example.com`; several names warm several edges. */
  readonly origins: readonly string[];
  /** Requests of one run. */
  readonly maxRequests: number;
  /** Requests of one month, over all runs. */
  readonly monthlyRequests: number;
  readonly deadline: number;
  /** @default 4 */
  readonly concurrency?: number;
}

export interface WarmEdgeReport {
  readonly requests: number;
  readonly hits: number;
  readonly failed: number;
  /** Paths that were left out: too many for the run, for the month, or for the time. */
  readonly left: number;
}

/** Asks for `paths`, the most wanted first, through the CDN, so that the next viewer near this region finds them there. */
export async function warmEdge(
  paths: readonly string[],
  { fetch, spend, now }: WarmEdgeDeps,
  { origins, maxRequests, monthlyRequests, deadline, concurrency = 4 }: WarmEdgeOptions,
): Promise<WarmEdgeReport> {
  const urls = paths.flatMap((path) => origins.map((origin) => `${origin}${path}`));
  const asked = Math.min(urls.length, maxRequests);
  const overspent = asked === 0 ? 0 : Math.max(0, (await spend(asked)) - monthlyRequests);
  const affordable = urls.slice(0, Math.max(0, asked - overspent));
  let [next, requests, hits, failed] = [0, 0, 0, 0];
  const lane = async (): Promise<void> => {
    for (let url = affordable[next++]; url !== undefined && now() < deadline; url = affordable[next++]) {
      requests++;
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.hit) hits++;
      if (answer === undefined || answer.status >= 400) failed++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  if (asked > requests) await spend(requests - asked);
  return { requests, hits, failed, left: urls.length - requests };
}

/** One request as a browser would make it, so that it meets the same cache key; the body is not kept. */
export function fetchFromEdge(url: string, timeoutMs = 5_000): Promise<EdgeAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': 'gzip, br', accept: 'application/json' };
    const outgoing = request(url, { headers, timeout: timeoutMs }, (incoming) => {
      incoming.resume().once('error', reject);
      incoming.once('end', () => {
        resolve({ status: incoming.statusCode ?? 0, hit: String(incoming.headers['x-cache']).startsWith('Hit') });
      });
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    outgoing.once('error', reject);
    outgoing.end();
  });
}
