import { setTimeout as pause } from 'node:timers/promises';

export interface AdaptiveOptions<T> {
  readonly work: (task: T) => Promise<void>;
  /** Most tasks at a time. */
  readonly most: number;
  /** Why less should be done now; `undefined` when nothing speaks against more. */
  readonly pressure: () => Promise<string | undefined>;
  /** Whether no new task may begin, because the time is up or the work is no longer wanted. */
  readonly ended: () => boolean;
  /**
   * How long to wait where even one at a time is too much, in milliseconds; doubles up to sixteen times that.
   * @default 100
   */
  readonly waitMs?: number;
}

export interface AdaptiveReport {
  readonly done: number;
  readonly left: number;
  /** Most that ran at once. */
  readonly peak: number;
  /** How often the pace was halved, by reason. */
  readonly backedOff: Readonly<Record<string, number>>;
}

/**
 * Does tasks in their order, some at a time: one more for every round that went well, half as many when something says
 * that it is too much, none while one at a time is too much. That is how TCP finds its share without knowing the line.
 *
 * @throws what `work` threw first, when all that had begun has ended
 */
export async function doAdaptively<T>(tasks: readonly T[], options: AdaptiveOptions<T>): Promise<AdaptiveReport> {
  const { work, most, pressure, ended, waitMs = 100 } = options;
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const backedOff: Record<string, number> = {};
  let [allowed, done, peak, begun, waits] = [1, 0, 0, 0, 0];
  const begin = (task: T): void => {
    const run: Promise<void> = work(task)
      .then(
        () => void done++,
        (error: unknown) => void failures.push(error),
      )
      .finally(() => running.delete(run));
    running.add(run);
    peak = Math.max(peak, running.size);
  };
  while (begun < tasks.length && failures.length === 0 && !ended()) {
    const reason = await pressure();
    if (reason !== undefined) {
      backedOff[reason] = (backedOff[reason] ?? 0) + 1;
      allowed = Math.max(1, allowed / 2);
      await pause(waitMs * 2 ** Math.min(waits++, 4));
      continue;
    }
    waits = 0;
    while (running.size >= Math.floor(allowed)) await Promise.race(running);
    begin(tasks[begun++] as T);
    allowed = Math.min(most, allowed + 1 / allowed);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
  return { done, left: tasks.length - done, peak, backedOff };
}
