import { setTimeout as pause } from 'node:timers/promises';
import { LoadShedder, OverloadedError } from '../../../runtime/admission';

/** Work that ends when told to. */
function held() {
  const finish: (() => void)[] = [];
  const work = (): Promise<void> => new Promise((resolve) => finish.push(resolve));
  return { work, finish };
}

test('lets a bounded number in, in the order in which they came', async () => {
  const shedder = new LoadShedder({ maxConcurrent: 2, maxWaiting: 10, maxWaitMs: 60_000 });
  const order: number[] = [];
  let running = 0;
  const work = (index: number) => async (): Promise<void> => {
    expect(++running).toBeLessThanOrEqual(2);
    order.push(index);
    await pause(2);
    running--;
  };
  await Promise.all(Array.from({ length: 8 }, (_, index) => shedder.run(work(index))));
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(shedder.state).toEqual({ running: 0, waiting: 0, peak: 2, refused: 0 });
});

test('refuses at once what would wait beyond the bound, and counts it', async () => {
  const counted: unknown[] = [];
  const metrics = { count: (...call: unknown[]) => counted.push(call), gauge() {}, observe() {} };
  const { work, finish } = held();
  const shedder = new LoadShedder({ maxConcurrent: 1, maxWaiting: 1, maxWaitMs: 60_000, metrics });
  const [first, second] = [shedder.run(work), shedder.run(work)];
  await expect(shedder.run(work)).rejects.toThrow('1 are waiting for one of 1 places');
  await expect(shedder.run(work)).rejects.toMatchObject({ reason: 'queue_full', retryAfterSeconds: 1 });
  expect(counted).toEqual([
    ['shed_requests_total', { reason: 'queue_full' }],
    ['shed_requests_total', { reason: 'queue_full' }],
  ]);
  finish[0]?.();
  await first;
  await pause(0);
  finish[1]?.();
  await second;
});

test('refuses what has waited too long', async () => {
  const { work, finish } = held();
  const shedder = new LoadShedder({ maxConcurrent: 1, maxWaiting: 5, maxWaitMs: 10 });
  const first = shedder.run(work);
  const refused = shedder.run(work);
  await expect(refused).rejects.toBeInstanceOf(OverloadedError);
  await expect(shedder.run(work)).rejects.toThrow('waited 10 ms for one of 1 places');
  finish[0]?.();
  await first;
  expect(shedder.state).toMatchObject({ running: 0, waiting: 0, refused: 2 });
});

test('says when the queue will have been served: waiting × time of a run / places', async () => {
  const shedder = new LoadShedder({ maxConcurrent: 1, maxWaiting: 30, maxWaitMs: 60_000 });
  await shedder.run(() => pause(100));
  const { work, finish } = held();
  const running = Array.from({ length: 31 }, () => shedder.run(work));
  const refusal: unknown = await shedder.run(work).catch((error: unknown) => error);
  // 30 wait for 0.1 s each, or a little more on a busy machine.
  expect(refusal).toMatchObject({ retryAfterSeconds: expect.any(Number) });
  expect(refusal instanceof OverloadedError && refusal.retryAfterSeconds).toBeGreaterThanOrEqual(3);
  for (let index = 0; index < 31; index++) {
    finish[index]?.();
    await pause(0);
  }
  await Promise.all(running);
});

test('gives a place back once, however often it is told', async () => {
  const shedder = new LoadShedder({ maxConcurrent: 1, maxWaiting: 5, maxWaitMs: 60_000 });
  const leave = await shedder.enter();
  leave();
  leave();
  expect(shedder.state.running).toBe(0);
});

test('gives the place back when the work fails', async () => {
  const shedder = new LoadShedder({ maxConcurrent: 1, maxWaiting: 5, maxWaitMs: 60_000 });
  await expect(shedder.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(shedder.state.running).toBe(0);
});
