import { parentPort } from 'node:worker_threads';
import { playSeeds, type RehearsalPlan } from './plan';

/** Plays what it is sent until it is told to stop. */
parentPort?.on('message', ({ id, plan, seeds }: { id: number; plan: RehearsalPlan; seeds: readonly number[] }) => {
  try {
    parentPort?.postMessage({ id, outcomes: playSeeds(plan, seeds) });
  } catch (error) {
    parentPort?.postMessage({ id, error });
  }
});
