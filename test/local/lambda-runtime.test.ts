import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LocalFunction, startFunctionIn } from './lambda-runtime';

const running: LocalFunction[] = [];
const folders: string[] = [];

/** Starts a function with this code. */
function host(code: string, options?: Parameters<typeof startFunctionIn>[1]): LocalFunction {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headroom-test-'));
  writeFileSync(path.join(folder, 'index.js'), code);
  folders.push(folder);
  const started = startFunctionIn(folder, options);
  running.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test('an event comes in and its answer out, with the context that Lambda gives', async () => {
  const fn = host(
    `exports.handler = async (event, context) => ({
    twice: 2 * event.n,
    memory: context.memoryLimitInMB,
    arn: context.invokedFunctionArn,
    left: context.getRemainingTimeInMillis(),
    colour: process.env.COLOUR,
  });`,
    { environment: { COLOUR: 'red' }, timeout: 20_000 },
  );
  const answer = await fn.call<{ left: number }>({ n: 21 });
  expect(answer).toMatchObject({
    twice: 42,
    memory: '256',
    arn: expect.stringMatching(/^arn:aws:lambda:us-east-1:111111111111:function:headroom-test-/),
    colour: 'red',
  });
  expect(answer.left).toBeGreaterThan(0);
  expect(answer.left).toBeLessThanOrEqual(20_000);
});

test('one process answers one event after the other', async () => {
  const fn = host('let n = 0; exports.handler = async () => ({ n: ++n, pid: process.pid });');
  const answers = await Promise.all([1, 2, 3].map(() => fn.call<{ n: number; pid: number }>({})));
  expect(answers.map(({ n }) => n)).toEqual([1, 2, 3]);
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
  expect(fn.initMillis).toHaveLength(1);
});

test('what the handler throws is an error with its type, and the process lives on', async () => {
  const fn = host(
    `let n = 0; exports.handler = async () => { if (n++ === 0) throw new RangeError('too far'); return n; };`,
  );
  expect(await fn.invoke({})).toEqual({
    kind: 'error',
    error: { errorType: 'RangeError', errorMessage: 'too far', trace: expect.arrayContaining(['RangeError: too far']) },
  });
  expect(await fn.call({})).toBe(2);
});

test('an event that takes too long ends with its process; the next one has a new process', async () => {
  const fn = host(
    `exports.handler = async ({ slow }) => { if (slow) await new Promise(() => setInterval(() => {}, 1e6)); return process.pid; };`,
    {
      timeout: 5_000,
    },
  );
  const first = await fn.call({});
  expect(await fn.invoke({ slow: true })).toEqual({ kind: 'timeout', message: 'Task timed out after 5.00 seconds' });
  expect(await fn.call({})).not.toBe(first);
  expect(fn.initMillis).toHaveLength(2);
});

test('a process that ends by itself is a crash', async () => {
  const fn = host(`exports.handler = async ({ crash }) => { if (crash) process.exit(3); return 'alive'; };`);
  expect(await fn.invoke({ crash: true })).toEqual({
    kind: 'crash',
    message: 'Runtime exited with error: exit status 3',
  });
  expect(await fn.call({})).toBe('alive');
});

test('a module that cannot be loaded is an error of the initialisation, for every event anew', async () => {
  const fn = host(`throw new TypeError('no setting');`);
  for (let i = 0; i < 2; i++) {
    expect(await fn.invoke({})).toMatchObject({
      kind: 'init error',
      error: { errorType: 'TypeError', errorMessage: 'no setting' },
    });
  }
  expect(fn.initMillis).toHaveLength(0);
});

test('a function whose handler is missing is an error of the initialisation', async () => {
  expect(await host('exports.other = async () => 1;').invoke({})).toMatchObject({
    kind: 'init error',
    error: { errorType: 'Runtime.HandlerNotFound' },
  });
});

test('between two events nothing runs', async () => {
  const fn = host(`let ticks = 0; setInterval(() => ticks++, 1); exports.handler = async () => ticks;`);
  const before = await fn.call<number>({});
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  // A timer that was due fires once when the process goes on, however often it would have fired.
  expect((await fn.call<number>({})) - before).toBeLessThan(500);
});

test('hears when its environment is taken away, and lives no longer than Lambda lets it', async () => {
  const fn = host(`process.on('SIGTERM', () => console.log('bye')); exports.handler = async () => process.pid;`);
  const pid = await fn.call<number>({});
  await fn.shutdown();
  expect(fn.log.map((line) => JSON.parse(line).message)).toContain('bye');
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
