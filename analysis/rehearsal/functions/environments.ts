import { MinHeap } from '../queueing/min-heap';

/** What bounds the executions of one function that is called synchronously. */
export interface ConcurrencyLimits {
  /** Most executions at once: reserved ones of the function, or the account's. */
  readonly limit: number;
  /** Environments that may be started per interval; AWS: 1000 every 10 s, each function on its own. */
  readonly rampPerInterval: number;
  readonly intervalSeconds: number;
  /** How long an environment that nobody uses is kept. */
  readonly idleSeconds: number;
}

/** Source: "AWS Lambda functions now scale 12 times faster" (AWS News Blog, November 2023); Lambda guide, "Scaling rate". */
export const LAMBDA_RAMP = { rampPerInterval: 1000, intervalSeconds: 10 } as const;

/** The call was answered with a 429. */
export const THROTTLED = -1;

const PROVISIONED = 0;
const ON_DEMAND = 1;

/**
 * The execution environments of one function, exact for every call: a provisioned one if one is free, else the one that was
 * used last, else a new one as far as ramp and limit allow it.
 */
export class Environments {
  /** Provisioned environments that are ready. */
  public provisioned = 0;
  public coldStarts = 0;
  public mostBusy = 0;
  public busyProvisioned = 0;
  private readonly busy = new MinHeap();
  /** Since when the free on-demand environments are, the longest first. */
  private idle: number[] = [];
  private mayStart: number;
  private refilledAtMs = 0;

  public constructor(private readonly limits: ConcurrencyLimits) {
    this.mayStart = limits.rampPerInterval;
  }

  /**
   * One call. Calls must come in order of time.
   *
   * @param coldMs what starting an environment adds
   * @returns milliseconds until it is answered, or {@link THROTTLED}
   */
  public call(atMs: number, workMs: number, coldMs: number): number {
    this.release(atMs);
    if (this.busy.size >= this.limits.limit) return THROTTLED;
    if (this.busyProvisioned < this.provisioned) {
      this.busyProvisioned += 1;
      return this.run(atMs, workMs, PROVISIONED);
    }
    if (this.idle.pop() !== undefined) return this.run(atMs, workMs, ON_DEMAND);
    if (!this.start(atMs)) return THROTTLED;
    return this.run(atMs, coldMs + workMs, ON_DEMAND);
  }

  /** Frees what is done by `nowMs`, and drops what was idle for too long. */
  public release(nowMs: number): void {
    while (this.busy.first <= nowMs) {
      if (this.busy.firstValue === PROVISIONED) this.busyProvisioned -= 1;
      else this.idle.push(this.busy.first);
      this.busy.pop();
    }
    const oldest = nowMs - 1000 * this.limits.idleSeconds;
    const kept = this.idle.findIndex((since) => since > oldest);
    if (kept !== 0) this.idle = kept < 0 ? [] : this.idle.slice(kept);
  }

  public get inUse(): number {
    return this.busy.size;
  }

  private run(atMs: number, forMs: number, kind: number): number {
    this.busy.push(atMs + forMs, kind);
    this.mostBusy = Math.max(this.mostBusy, this.busy.size);
    return forMs;
  }

  /** A bucket that refills continuously and holds one interval's worth. */
  private start(atMs: number): boolean {
    const { rampPerInterval, intervalSeconds } = this.limits;
    const refill = (rampPerInterval * (atMs - this.refilledAtMs)) / (1000 * intervalSeconds);
    this.mayStart = Math.min(rampPerInterval, this.mayStart + refill);
    this.refilledAtMs = atMs;
    if (this.mayStart < 1) return false;
    this.mayStart -= 1;
    this.coldStarts += 1;
    return true;
  }
}
