import { experiment } from './experiment';
import { predict } from './prediction';
import { runForReal } from './real-run';

/** Accuracy is measured by `npm run bench -- reality`; here only what must be so on any machine. */
test('real processes behind the real balancer do what the model of them does', async () => {
  const plan = experiment(0.5, 7);
  const run = await runForReal(plan);
  expect(run.failed).toBe(0);
  expect(run.requests.length).toBeGreaterThan(500);
  // The overload makes the policy add tasks, on the rig as in the model.
  expect(run.targetsAtMs.length).toBeGreaterThan(0);
  const cells = predict(plan, run, 20);
  const at = (phase: string) => cells.find((cell) => cell.phase === phase && cell.share === 0.95);
  for (const figure of ['measuredMs', 'replayedMs', 'highMs'] as const) {
    expect(at('overload')?.[figure] ?? 0).toBeGreaterThan(2 * (at('normal')?.[figure] ?? Number.POSITIVE_INFINITY));
  }
}, 60_000);
