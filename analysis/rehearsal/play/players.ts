import { Worker } from 'node:worker_threads';
import type { Outcome } from '../simulation/outcome';
import { playSeeds, type RehearsalPlan } from './plan';

interface Job {
  readonly id: number;
  readonly plan: RehearsalPlan;
  readonly seeds: readonly number[];
  readonly done: (outcomes: readonly Outcome[]) => void;
  readonly failed: (error: unknown) => void;
}

interface Answer {
  readonly id: number;
  readonly outcomes?: readonly Outcome[];
  readonly error?: unknown;
}

/** Plays plans on several cores. */
export class Players {
  private readonly workers: Worker[];
  private readonly idle: Worker[];
  private readonly waiting: Job[] = [];
  private readonly running = new Map<number, Job>();
  private nextId = 0;

  /**
   * @param count workers; 0 plays in this thread
   * @param file the bundled worker
   */
  public constructor(
    count: number,
    public readonly file: string,
  ) {
    this.workers = Array.from({ length: count }, () => new Worker(file));
    this.idle = [...this.workers];
    for (const worker of this.workers) {
      worker.on('message', (answer: Answer) => this.answered(worker, answer));
      worker.on('error', (error) => this.broke(error));
    }
  }

  /** Plays `plan` with each seed; each seed is a job of its own, so that the cores share them evenly. */
  public async play(plan: RehearsalPlan, seeds: readonly number[]): Promise<Outcome[]> {
    if (this.workers.length === 0) return playSeeds(plan, seeds);
    const parts = await Promise.all(seeds.map((seed) => this.submit(plan, [seed])));
    return parts.flat();
  }

  public async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private submit(plan: RehearsalPlan, seeds: readonly number[]): Promise<readonly Outcome[]> {
    return new Promise((done, failed) => {
      this.waiting.push({ id: this.nextId++, plan, seeds, done, failed });
      this.next();
    });
  }

  private next(): void {
    const worker = this.idle.at(-1);
    const job = this.waiting[0];
    if (worker === undefined || job === undefined) return;
    this.idle.pop();
    this.waiting.shift();
    this.running.set(job.id, job);
    worker.postMessage({ id: job.id, plan: job.plan, seeds: job.seeds });
  }

  private answered(worker: Worker, { id, outcomes, error }: Answer): void {
    const job = this.running.get(id);
    this.running.delete(id);
    this.idle.push(worker);
    if (outcomes === undefined) job?.failed(error);
    else job?.done(outcomes);
    this.next();
  }

  private broke(error: unknown): void {
    for (const job of [...this.running.values(), ...this.waiting]) job.failed(error);
    this.running.clear();
    this.waiting.length = 0;
  }
}
