export interface ProbeOptions {
  /** A page that reads the database, through the edge. */
  readonly url: string;
  /** Answers in a row that make the site healthy. */
  readonly times: number;
  /** Milliseconds for one answer. */
  readonly timeout: number;
}

export interface ProbeResult {
  readonly healthy: boolean;
  /** What the last answer was. */
  readonly answer: string;
}

/** Asks for a page several times in a row; the first answer that is not one ends it. */
export async function probeSite({ url, times, timeout }: ProbeOptions): Promise<ProbeResult> {
  let answer = 'none';
  for (let count = 0; count < times; count++) {
    try {
      // Past every cache: what is asked is whether the region answers.
      const response = await fetch(`${url}${url.includes('?') ? '&' : '?'}probe=${Date.now()}-${count}`, {
        headers: { 'cache-control': 'no-cache' },
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
      });
      await response.arrayBuffer();
      answer = `status ${response.status}`;
      if (response.status !== 200) return { healthy: false, answer };
    } catch (error) {
      return { healthy: false, answer: String(error) };
    }
  }
  return { healthy: true, answer };
}
