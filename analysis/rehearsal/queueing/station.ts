import { MinHeap } from './min-heap';

/**
 * A station with `servers` parallel servers and one queue, exact for every request (G/G/m): the connections of a database
 * pool, or the work that its readers do at once.
 */
export class Station {
  private readonly freeAt = new MinHeap();
  private addedMs = 0;
  private backlogMs = 0;

  public constructor(servers: number, nowMs = 0) {
    this.resize(servers, nowMs);
  }

  public get servers(): number {
    return this.freeAt.size;
  }

  /** Serves one request; arrivals must come in order of time. Returns milliseconds until it is done. */
  public serve(atMs: number, workMs: number): number {
    const end = Math.max(atMs, this.freeAt.first) + workMs;
    this.freeAt.replaceFirst(end, 0);
    this.addedMs += workMs;
    return end - atMs;
  }

  /** New servers are free at once; of those that leave, the work they began is finished by nobody's delay. */
  public resize(servers: number, nowMs: number): void {
    while (this.freeAt.size < servers) this.freeAt.push(nowMs, 0);
    while (this.freeAt.size > Math.max(1, servers)) this.freeAt.dropLast();
  }

  /** Work that waits or is being done, in milliseconds of one server. */
  public leftMs(nowMs: number): number {
    return this.freeAt.excess(nowMs);
  }

  /** Milliseconds of work the servers did since the last call. */
  public takeBusyMs(nowMs: number): number {
    const left = this.leftMs(nowMs);
    const busy = this.addedMs + this.backlogMs - left;
    this.backlogMs = left;
    this.addedMs = 0;
    return Math.max(0, busy);
  }
}
