import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../analysis/rehearsal/queueing/random';
import { arrivals, type Stage } from './arrivals';
import { HttpConnection } from './http-connection';
import type { LoadResult } from './load-result';
import { Recorder } from './recorder';
import { pickKind, type RequestKind } from './request-mix';
import { signIn, type User } from './users';

export interface LoadPlan {
  /** Name that the result carries. */
  readonly profile: string;
  /** Where the service or its load balancer listens, such as `http://127.0.0.1:8080`. */
  readonly target: string;
  readonly stages: readonly Stage[];
  /** Kept-alive connections, each of a user of its own. */
  readonly connections: number;
  readonly kinds: readonly RequestKind[];
  /** Equal seeds send the same requests at the same times. */
  readonly seed: number;
  /** An answer that takes longer counts as a failure. */
  readonly timeoutSeconds: number;
  /** Called every second with what happened so far. */
  readonly progress?: (second: number, sent: number) => void;
  /** Ends the test early; what was measured until then counts. */
  readonly signal?: AbortSignal;
}

interface Job {
  readonly intendedAt: number;
  readonly kind: RequestKind;
}

/**
 * Sends requests when they are due, whether or not earlier ones were answered, and measures from the moment at which
 * each was due: a service that stalls is charged for everybody who came meanwhile.
 */
export async function runOpenLoop(plan: LoadPlan): Promise<LoadResult> {
  const { hostname, port } = new URL(plan.target);
  const random = new Random(plan.seed);
  const lines = Array.from({ length: plan.connections }, () => new HttpConnection(hostname, Number(port)));
  const users = await signIn(
    lines,
    plan.kinds.some(({ needsSession }) => needsSession),
  );
  const recorder = new Recorder();
  const run = new Run(plan, users, recorder);
  const startedAt = new Date().toISOString();
  try {
    const seconds = await run.play(arrivals(plan.stages, random), random);
    const { profile, target, connections, seed } = plan;
    return recorder.result({ profile, target, startedAt, seconds, connections, seed });
  } finally {
    for (const line of lines) line.close();
  }
}

/** The state of one test: who is free, what waits, what is under way. */
class Run {
  private readonly started = performance.now();
  private readonly free: User[];
  private waiting: Job[] = [];
  private nextWaiting = 0;
  private sent = 0;
  private ended = 0;

  public constructor(
    private readonly plan: LoadPlan,
    users: readonly User[],
    private readonly recorder: Recorder,
  ) {
    this.free = [...users];
  }

  /** Resolves with the length of the test in seconds once the last request is over. */
  public async play(times: Iterable<number>, random: Random): Promise<number> {
    let lastProgress = 0;
    for (const intendedAt of times) {
      while (this.now() < intendedAt) {
        if (this.plan.signal?.aborted) return this.drain();
        await sleep(Math.min(1000, Math.max(1, (intendedAt - this.now()) * 1000)));
        const second = Math.floor(this.now());
        if (second > lastProgress) this.plan.progress?.(second, this.sent);
        lastProgress = second;
      }
      this.begin({ intendedAt, kind: pickKind(this.plan.kinds, random) }, random);
    }
    const end = this.plan.stages.reduce((sum, { seconds }) => sum + seconds, 0);
    await sleep(Math.max(0, (end - this.now()) * 1000), undefined, { ref: true });
    return this.drain();
  }

  private async drain(): Promise<number> {
    const seconds = this.now();
    while (this.ended < this.sent) await sleep(5);
    return seconds;
  }

  private now(): number {
    return (performance.now() - this.started) / 1000;
  }

  private begin(job: Job, random: Random): void {
    this.sent += 1;
    const user = this.free.shift();
    if (user === undefined) this.waiting.push(job);
    else void this.serve(user, job, random);
  }

  private async serve(user: User, first: Job, random: Random): Promise<void> {
    for (let job: Job | undefined = first; job !== undefined; job = this.takeWaiting()) {
      const sentAt = this.now();
      const failure = await this.attempt(user, job, random);
      this.ended += 1;
      this.recorder.record({ ...job, sentAt, endedAt: this.now(), failure });
    }
    this.free.push(user);
  }

  private takeWaiting(): Job | undefined {
    const job = this.waiting[this.nextWaiting];
    if (job === undefined) {
      this.waiting = [];
      this.nextWaiting = 0;
    } else {
      this.nextWaiting += 1;
    }
    return job;
  }

  /** Why the request failed, if it did. */
  private async attempt(user: User, { kind }: Job, random: Random): Promise<string | undefined> {
    const timer = setTimeout(() => user.line.close(), this.plan.timeoutSeconds * 1000);
    const sentAt = this.now();
    try {
      const { status } = await user.line.send(user.request(kind.next(random)));
      return status < 400 ? undefined : String(status);
    } catch {
      return this.now() - sentAt >= this.plan.timeoutSeconds ? 'timeout' : 'connection lost';
    } finally {
      clearTimeout(timer);
    }
  }
}
