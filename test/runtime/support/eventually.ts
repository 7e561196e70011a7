import { setTimeout as pause } from 'node:timers/promises';

/** Settles as soon as `condition` holds; the bound only tells a hang from slowness. */
export async function eventually(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`not so within ${withinMs} ms: ${condition}`);
    await pause(5);
  }
}
