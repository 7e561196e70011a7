import { Liveness } from '../../../runtime/health';
import { eventually } from '../support/eventually';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('is ok while the event loop runs, stalled when it is late again and again, and ok once it recovers', async () => {
  const liveness = new Liveness({ everyMs: 5, samples: 4, maxLagMs: 40 });
  expect(liveness.check()).toEqual({ status: 'ok', httpStatus: 200, lagMs: 0 });
  await eventually(() => {
    block(100);
    return liveness.check().httpStatus === 503;
  });
  expect(liveness.check().status).toBe('stalled');
  await eventually(() => liveness.check().status === 'ok');
  liveness.close();
});

test('forgives a single pause', async () => {
  const liveness = new Liveness({ everyMs: 5, samples: 10, maxLagMs: 1_000 });
  await new Promise((resolve) => setTimeout(resolve, 80));
  block(300);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(liveness.check().status).toBe('ok');
  liveness.close();
});
