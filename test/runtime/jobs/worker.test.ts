import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type SqsServer, startSqsServer } from '../../local/sqs-server';

interface WorkerProcess {
  /** What it has printed so far. */
  readonly lines: readonly Record<string, unknown>[];
  /** Sends SIGTERM and resolves with the exit code and the last line. */
  terminate(): Promise<{ readonly code: number | null; readonly report: unknown }>;
}

const running = new Set<ChildProcess>();
let queue: SqsServer;

beforeEach(async () => {
  queue = await startSqsServer();
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await queue.stop();
});

function startWorkerProcess(concurrency: number, graceMillis: number, waitSeconds = 1): WorkerProcess {
  const script = path.join(__dirname, 'worker-process.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, queue.queueUrl, ...[concurrency, graceMillis, waitSeconds].map(String)],
    {
      env: {
        PATH: process.env['PATH'],
        AWS_ENDPOINT_URL: queue.url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'none',
        AWS_SECRET_ACCESS_KEY: 'none',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  running.add(child);
  const closed = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  return {
    lines,
    terminate: async () => {
      child.kill('SIGTERM');
      const code = await closed;
      return { code, report: lines.at(-1) };
    },
  };
}

/** Resolves once `condition` holds; the test's own time-out ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const bodies = (lines: readonly Record<string, unknown>[], key: string): unknown[] =>
  lines.flatMap((line) => (line[key] === undefined ? [] : [line[key]]));

test('handles what is in the queue, deletes it, and leaves when told to', async () => {
  queue.send(['a:1', 'b:1', 'c:1', 'd:1', 'e:1']);
  const worker = startWorkerProcess(2, 5_000);
  await until(() => queue.messages().length === 0);
  expect(await worker.terminate()).toEqual({ code: 0, report: { completed: 5, failed: 0, returned: 0 } });
  expect(new Set(bodies(worker.lines, 'finished'))).toEqual(new Set(['a:1', 'b:1', 'c:1', 'd:1', 'e:1']));
});

test('finishes what it has begun, and takes nothing more', async () => {
  const worker = startWorkerProcess(3, 30_000);
  queue.send(['a:2000', 'b:2000', 'c:2000', 'd:2000', 'e:2000']);
  await until(() => bodies(worker.lines, 'started').length === 3);
  const { code, report } = await worker.terminate();
  expect(code).toBe(0);
  expect(report).toEqual({ completed: 3, failed: 0, returned: 0 });
  const left = queue.messages();
  expect(left).toHaveLength(2);
  // Never delivered, so the next worker sees them at once.
  expect(left).toEqual(left.map(({ body }) => ({ body, receives: 0, visible: true })));
});

test('returns what it cannot finish, visible at once, and leaves although the work never ends', async () => {
  const worker = startWorkerProcess(4, 200);
  queue.send(['a:1', 'b:for-ever', 'c:for-ever']);
  await until(() => bodies(worker.lines, 'started').length === 3 && queue.messages().length === 2);
  expect(await worker.terminate()).toEqual({ code: 0, report: { completed: 1, failed: 0, returned: 2 } });
  expect(queue.messages()).toEqual([
    { body: 'b:for-ever', receives: 1, visible: true },
    { body: 'c:for-ever', receives: 1, visible: true },
  ]);
});

test('returns the message that arrives while it is already leaving', async () => {
  const worker = startWorkerProcess(1, 30_000, 10);
  await until(() => queue.calls.includes('ReceiveMessage'));
  const left = worker.terminate();
  await until(() => bodies(worker.lines, 'stopping').length === 1);
  // The long poll of before the signal is still open, and this is its answer.
  queue.send(['a:1']);
  expect(await left).toEqual({ code: 0, report: { completed: 0, failed: 0, returned: 1 } });
  expect(bodies(worker.lines, 'started')).toEqual([]);
  expect(queue.calls).toEqual(['ReceiveMessage', 'ChangeMessageVisibility']);
  expect(queue.messages()).toEqual([{ body: 'a:1', receives: 1, visible: true }]);
});

test('a message whose work failed stays in the queue, hidden until its time-out', async () => {
  queue.send(['a:fail', 'b:1']);
  const worker = startWorkerProcess(1, 5_000);
  await until(() => bodies(worker.lines, 'finished').length === 1 && queue.messages().length === 1);
  expect(await worker.terminate()).toEqual({ code: 0, report: { completed: 1, failed: 1, returned: 0 } });
  expect(queue.messages()).toEqual([{ body: 'a:fail', receives: 1, visible: false }]);
});

test('one hundred messages, a worker that is interrupted, and one that takes over: none is lost', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `${index}:20`);
  queue.send(names);
  const first = startWorkerProcess(10, 5_000);
  await until(() => bodies(first.lines, 'finished').length > 20);
  expect((await first.terminate()).code).toBe(0);
  const second = startWorkerProcess(10, 5_000);
  await until(() => queue.messages().length === 0);
  await second.terminate();
  const finished = [...bodies(first.lines, 'finished'), ...bodies(second.lines, 'finished')];
  expect(finished).toHaveLength(100);
  expect(new Set(finished)).toEqual(new Set(names));
});
