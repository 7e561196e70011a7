import { setTimeout as sleep } from 'node:timers/promises';

export interface EdgeOptions {
  /** Where it asks for what it does not have: one of the service's processes. */
  readonly origin: () => string;
  /** How long an answer is on its way from the origin, in milliseconds. */
  readonly transitMillis: () => number;
}

export interface EdgeAnswer {
  readonly status: number;
  readonly body: string;
}

interface Kept extends EdgeAnswer {
  readonly tags: readonly string[];
  readonly freshUntil: number;
}

/**
 * One place of a CDN: keeps what it was answered for as long as `Cache-Control` says, and forgets it by tag or path. An
 * answer that was on its way while it was told to forget is kept all the same, as in CloudFront.
 */
export class Edge {
  private readonly kept = new Map<string, Kept>();

  public constructor(private readonly options: EdgeOptions) {}

  public async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<EdgeAnswer> {
    const kept = this.kept.get(path);
    if (kept !== undefined && kept.freshUntil > Date.now()) return kept;
    const { origin, transitMillis } = this.options;
    const response = await fetch(`${origin()}${path}`, { headers });
    const answer = { status: response.status, body: await response.text() };
    await sleep(transitMillis());
    const seconds = secondsToKeep(response.headers.get('cache-control') ?? '');
    const tags = (response.headers.get('cache-tag') ?? '').split(',').map((tag) => tag.trim());
    if (response.ok && seconds > 0) this.kept.set(path, { ...answer, tags, freshUntil: Date.now() + seconds * 1_000 });
    return answer;
  }

  /** Takes an invalidation: paths, paths that end with `*`, and tags behind a `#`. */
  public forget(items: readonly string[]): void {
    const tags = new Set(items.filter((item) => item.startsWith('#')).map((item) => item.slice(1)));
    const paths = items.filter((item) => item.startsWith('/'));
    for (const [path, kept] of this.kept) {
      if (kept.tags.some((tag) => tags.has(tag)) || paths.some((one) => covers(one, path))) this.kept.delete(path);
    }
  }

  /** Drops one answer, as a place does whose room is needed for others. */
  public evict(path: string): void {
    this.kept.delete(path);
  }
}

/** https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2, as far as shared caches go. */
function secondsToKeep(cacheControl: string): number {
  if (/\b(no-store|no-cache|private)\b/.test(cacheControl)) return 0;
  const shared = /\bs-maxage=(\d+)/.exec(cacheControl) ?? /\bmax-age=(\d+)/.exec(cacheControl);
  return Number(shared?.[1] ?? 0);
}

const covers = (item: string, path: string): boolean =>
  item.endsWith('*') ? path.startsWith(item.slice(0, -1)) : path === item;
