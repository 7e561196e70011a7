import type { CacheModel } from './simulation-input';

/** Accesses after which an empty cache answers as well as before, when no key trace says it. */
const WARM_UP_ACCESSES = 100_000;

/** The share of requests that the cache answers, and how it comes back after a flush. */
export class CacheTier {
  public hits = 0;
  public accesses = 0;
  private sinceFlush = Number.POSITIVE_INFINITY;

  public constructor(private readonly model: CacheModel) {}

  /** Whether a request is answered; `share` is uniform in 0–1. */
  public answers(share: number): boolean {
    this.accesses += 1;
    this.sinceFlush += 1;
    const hit = share < this.ratio();
    if (hit) this.hits += 1;
    return hit;
  }

  public flush(): void {
    this.sinceFlush = 0;
  }

  private ratio(): number {
    const { hitRatio, warmUp } = this.model;
    if (this.sinceFlush === Number.POSITIVE_INFINITY) return hitRatio;
    if (warmUp === undefined) return hitRatio * Math.min(1, this.sinceFlush / WARM_UP_ACCESSES);
    const stretch = Math.floor((this.sinceFlush / warmUp.accesses) * warmUp.curve.length);
    return Math.min(hitRatio, warmUp.curve[stretch] ?? hitRatio);
  }
}
