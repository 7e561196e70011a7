import type { Names } from './server-tier';

/** How many names are remembered; a load that overlaps more invalidations than that is not kept in memory. */
const REMEMBERED = 10_000;

/**
 * What this process has heard to be invalidated lately, in order. A load or lookup that began before an invalidation
 * may end after it with the old value: it asks here before it puts its result into memory.
 */
export class Journal {
  private position = 0;
  private lastTagAt = 0;
  private forgottenUpTo = 0;
  private readonly heardAt = new Map<string, number>();

  /** Where the journal is now: to be kept at the start of a load and given to the questions below. */
  public get now(): number {
    return this.position;
  }

  public note({ keys, tags }: Names): void {
    const at = ++this.position;
    if (tags.length > 0) this.lastTagAt = at;
    for (const key of keys) this.remember(`key ${key}`, at);
    for (const tag of tags) this.remember(`tag ${tag}`, at);
  }

  /** Everything may have changed. */
  public noteAll(): void {
    this.forgottenUpTo = ++this.position;
    this.lastTagAt = this.position;
  }

  /** Whether the key or one of the tags was invalidated after `since`, or may have been. */
  public touched(since: number, key: string, tags: readonly string[]): boolean {
    if (this.position === since) return false;
    if (this.forgottenUpTo > since) return true;
    return this.after(since, `key ${key}`) || tags.some((tag) => this.after(since, `tag ${tag}`));
  }

  /** The same for a load that has not yet said all its tags: any tag counts. */
  public maybeTouched(since: number, key: string): boolean {
    return this.lastTagAt > since || this.touched(since, key, []);
  }

  private after(since: number, name: string): boolean {
    return (this.heardAt.get(name) ?? 0) > since;
  }

  private remember(name: string, at: number): void {
    this.heardAt.delete(name);
    this.heardAt.set(name, at);
    if (this.heardAt.size <= REMEMBERED) return;
    for (const [oldest, heard] of this.heardAt) {
      this.heardAt.delete(oldest);
      this.forgottenUpTo = heard;
      return;
    }
  }
}
