import { MinHeap } from './min-heap';
import type { Random } from './random';

/** How the load balancer picks a target, as the target group's `load_balancing.algorithm.type` names it. */
export type BalancingAlgorithm = 'round_robin' | 'least_outstanding_requests' | 'weighted_random';

export interface FleetOptions {
  /** Requests a task works on at once: 1 for a Node process. */
  readonly workersPerTask: number;
  readonly algorithm: BalancingAlgorithm;
  /** A request that would wait longer is refused at once. `Infinity` queues without bound. */
  readonly shedAfterMs: number;
  /** Work that refusing one costs. */
  readonly refusalMs: number;
  /** Seconds over which a new target's share grows to the full one; 0 is off. Round robin only, as in ALB. */
  readonly slowStartSeconds: number;
}

/** Most tasks that exist at one time, draining ones included. */
export const MAX_TASKS = 4096;

/**
 * How long the balancer waits for a connection to a target that does not answer any more, which until then counts as
 * outstanding: ALB guide, "HTTP 504: Gateway timeout".
 */
const CONNECT_TIMEOUT_MS = 10_000;

/** The request was refused: no target, or its queue is too long. */
export const REFUSED = -1;
/** The request went to a target that is dead and not yet taken out. */
export const FAILED = -2;

/**
 * The queues of all tasks behind one load balancer, exact for every request: a task serves first come, first served on
 * its workers (Kiefer–Wolfowitz recursion), so a request's start is the earliest time one of them is free.
 */
export class Fleet {
  /** Slots the balancer sends to. */
  private readonly targets = new Int32Array(MAX_TASKS);
  private targetCount = 0;
  private cursor = 0;
  private readonly freeAt: Float64Array;
  private readonly added = new Float64Array(MAX_TASKS);
  private readonly backlog = new Float64Array(MAX_TASKS);
  private readonly outstanding = new Int32Array(MAX_TASKS);
  private readonly dead = new Uint8Array(MAX_TASKS);
  private readonly openedAtMs = new Float64Array(MAX_TASKS);
  private readonly departures = new MinHeap();
  private readonly slowStartMs: number;

  public constructor(
    private readonly options: FleetOptions,
    private readonly random: Random,
  ) {
    this.freeAt = new Float64Array(MAX_TASKS * options.workersPerTask);
    this.slowStartMs = options.slowStartSeconds * 1000;
  }

  public get openTargets(): number {
    return this.targetCount;
  }

  /** Empties a slot for a new task. */
  public reset(slot: number, nowMs: number): void {
    const workers = this.options.workersPerTask;
    this.freeAt.fill(nowMs, slot * workers, (slot + 1) * workers);
    this.added[slot] = 0;
    this.backlog[slot] = 0;
    this.outstanding[slot] = 0;
    this.dead[slot] = 0;
  }

  /** The balancer starts to send requests to the slot. */
  public open(slot: number, nowMs: number): void {
    this.targets[this.targetCount++] = slot;
    this.openedAtMs[slot] = nowMs;
  }

  /** The balancer stops sending; what is queued is still served. */
  public close(slot: number): void {
    const at = this.targets.subarray(0, this.targetCount).indexOf(slot);
    if (at < 0) return;
    this.targets.copyWithin(at, at + 1, this.targetCount);
    this.targetCount -= 1;
  }

  /** The task is gone, and the balancer does not know yet. */
  public kill(slot: number): void {
    this.dead[slot] = 1;
  }

  /**
   * Sends one request. Arrivals must come in order of time.
   *
   * @param holdMs time after the work during which it still counts as outstanding
   * @returns milliseconds until its work is done, {@link REFUSED} or {@link FAILED}
   */
  public offer(atMs: number, workMs: number, holdMs: number): number {
    if (this.targetCount === 0) return REFUSED;
    const slot = this.pick(atMs);
    if (this.dead[slot] === 1) {
      this.track(slot, atMs + CONNECT_TIMEOUT_MS);
      return FAILED;
    }
    const workers = this.options.workersPerTask;
    const free = this.freeAt;
    let worker = slot * workers;
    for (let other = worker + 1; other < (slot + 1) * workers; other++) {
      if ((free[other] as number) < (free[worker] as number)) worker = other;
    }
    const freeAt = free[worker] as number;
    const start = freeAt > atMs ? freeAt : atMs;
    if (start - atMs > this.options.shedAfterMs) {
      free[worker] = start + this.options.refusalMs;
      this.added[slot] = (this.added[slot] as number) + this.options.refusalMs;
      return REFUSED;
    }
    const end = start + workMs;
    free[worker] = end;
    this.added[slot] = (this.added[slot] as number) + workMs;
    this.track(slot, end + holdMs);
    return end - atMs;
  }

  /** How long a request that came now would wait in the slot. */
  public waitMs(slot: number, nowMs: number): number {
    const workers = this.options.workersPerTask;
    let earliest = Number.POSITIVE_INFINITY;
    for (let worker = slot * workers; worker < (slot + 1) * workers; worker++) {
      earliest = Math.min(earliest, this.freeAt[worker] as number);
    }
    return Math.max(0, earliest - nowMs);
  }

  /** Work that waits in the slot, in milliseconds of one worker. */
  public backlogMs(slot: number, nowMs: number): number {
    const workers = this.options.workersPerTask;
    let left = 0;
    for (let worker = slot * workers; worker < (slot + 1) * workers; worker++) {
      const until = (this.freeAt[worker] as number) - nowMs;
      if (until > 0) left += until;
    }
    return left;
  }

  /** Milliseconds of work the slot did since the last call: what came, plus what was left, minus what is left. */
  public takeBusyMs(slot: number, nowMs: number): number {
    const left = this.backlogMs(slot, nowMs);
    const busy = (this.added[slot] as number) + (this.backlog[slot] as number) - left;
    this.backlog[slot] = left;
    this.added[slot] = 0;
    return busy;
  }

  private pick(atMs: number): number {
    if (this.options.algorithm === 'round_robin') return this.inTurn(atMs);
    if (this.options.algorithm === 'weighted_random')
      return this.targets[this.random.below(this.targetCount)] as number;
    return this.leastOutstanding(atMs);
  }

  private inTurn(atMs: number): number {
    let slot = this.next();
    if (this.slowStartMs === 0) return slot;
    for (let tries = 1; tries < this.targetCount; tries++) {
      const age = atMs - (this.openedAtMs[slot] as number);
      if (age >= this.slowStartMs || this.random.uniform() * this.slowStartMs < age) return slot;
      slot = this.next();
    }
    return slot;
  }

  private next(): number {
    this.cursor = this.cursor + 1 < this.targetCount ? this.cursor + 1 : 0;
    return this.targets[this.cursor] as number;
  }

  private leastOutstanding(atMs: number): number {
    while (this.departures.first <= atMs) {
      const slot = this.departures.firstValue;
      this.outstanding[slot] = Math.max(0, (this.outstanding[slot] as number) - 1);
      this.departures.pop();
    }
    // From a turning start, so that ties do not all go to the first target.
    let best = this.next();
    for (let seen = 1, at = this.cursor; seen < this.targetCount; seen++) {
      at = at + 1 < this.targetCount ? at + 1 : 0;
      const slot = this.targets[at] as number;
      if ((this.outstanding[slot] as number) < (this.outstanding[best] as number)) best = slot;
    }
    return best;
  }

  private track(slot: number, untilMs: number): void {
    if (this.options.algorithm !== 'least_outstanding_requests') return;
    this.outstanding[slot] = (this.outstanding[slot] as number) + 1;
    this.departures.push(untilMs, slot);
  }
}
