/** What an edge answered. */
export interface EdgeAnswer {
  readonly status: number;
  /** Whether it had the answer already. */
  readonly hit: boolean;
}

/** What became of requests through the CDN. */
export interface EdgeTally {
  /** Those that were begun. */
  readonly requests: number;
  /** The edge had the answer already. */
  readonly hits: number;
  /** No answer, or one that fills no cache: a redirect, an error. */
  readonly failed: number;
}

export interface AskEdgeOptions {
  readonly fetch: (url: string) => Promise<EdgeAnswer>;
  readonly now: () => number;
  /** From when on no request begins, in ms since the epoch. */
  readonly deadline: number;
  /** @default 4 */
  readonly concurrency?: number;
}

/** How long an answer is waited for, in milliseconds. */
export const ANSWER_WITHIN_MS = 5_000;

/** As a browser asks, so that the request meets the same cache key. */
const HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'gzip, br',
  // AWS WAF refuses who has no name:
  // https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html (NoUserAgent_HEADER)
  'user-agent': 'headroom-cache-warmer',
};

/** Asks for `urls` in their order, so that the next viewer near whoever calls this finds the answers at the edge. */
export async function askEdge(
  urls: readonly string[],
  { fetch, now, deadline, concurrency = 4 }: AskEdgeOptions,
): Promise<EdgeTally> {
  let [next, requests, hits, failed] = [0, 0, 0, 0];
  const lane = async (): Promise<void> => {
    for (let url = urls[next++]; url !== undefined && now() < deadline; url = urls[next++]) {
      requests++;
      const answer = await fetch(url).catch(() => undefined);
      if (answer === undefined || answer.status !== 200) failed++;
      else if (answer.hit) hits++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { requests, hits, failed };
}

/** One request; the body is not kept, but read: an edge keeps whole answers only. */
export async function fetchFromEdge(url: string): Promise<EdgeAnswer> {
  // A redirect would be a second request, which nobody has paid for.
  const answer = await fetch(url, {
    headers: HEADERS,
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  await answer.arrayBuffer();
  return { status: answer.status, hit: answer.headers.get('x-cache')?.startsWith('Hit') === true };
}
