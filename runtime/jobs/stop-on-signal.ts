import type { Worker, WorkerReport } from './worker';

/**
 * Stops `worker` when the process is told to leave, by a deployment, by scaling in or because Spot takes the task back
 * (two minutes before). Resolves when everything in work is dealt with: exit then, because a handler that ignores its
 * signal would keep the process alive.
 */
export function stopOnSignal(
  worker: Worker,
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'],
): Promise<WorkerReport> {
  return new Promise((resolve, reject) => {
    for (const signal of signals) process.once(signal, () => worker.stop().then(resolve, reject));
  });
}
