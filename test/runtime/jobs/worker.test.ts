import { awsEnvironment } from '../../local/aws-server';
import { type SqsServer, startSqsServer } from '../../local/sqs-server';
import { eventually } from '../support/eventually';
import { endProcesses, startProcess } from '../support/process';

interface WorkerProcess {
  /** What it has printed so far. */
  readonly lines: () => readonly Record<string, unknown>[];
  /** Sends SIGTERM and resolves with the exit code and the last line. */
  terminate(): Promise<{ readonly code: number | null; readonly report: unknown }>;
}

let queue: SqsServer;

beforeEach(async () => {
  queue = await startSqsServer();
});

afterEach(async () => {
  await endProcesses();
  await queue.stop();
});

function startWorkerProcess(concurrency: number, graceMillis: number, waitSeconds = 1): WorkerProcess {
  const args = [queue.queueUrl, queue.deadLetterUrl, concurrency, graceMillis, waitSeconds];
  const child = startProcess('runtime/jobs/worker-process.ts', args, awsEnvironment(queue));
  const lines = () => child.lines.map((line): Record<string, unknown> => JSON.parse(line));
  return {
    lines,
    terminate: async () => {
      const code = await child.end('SIGTERM');
      return { code, report: lines().at(-1) };
    },
  };
}

const bodies = (lines: readonly Record<string, unknown>[], key: string): unknown[] =>
  lines.flatMap((line) => (line[key] === undefined ? [] : [line[key]]));

test('handles what is in the queue, deletes it, and leaves when told to', async () => {
  queue.send(['a:1', 'b:1', 'c:1', 'd:1', 'e:1']);
  const worker = startWorkerProcess(2, 5_000);
  await eventually(() => queue.messages().length === 0);
  expect(await worker.terminate()).toEqual({ code: 0, report: { completed: 5, failed: 0, buried: 0, returned: 0 } });
  expect(new Set(bodies(worker.lines(), 'finished'))).toEqual(new Set(['a:1', 'b:1', 'c:1', 'd:1', 'e:1']));
});

test('finishes what it has begun, and takes nothing more', async () => {
  const worker = startWorkerProcess(3, 30_000);
  queue.send(['a:2000', 'b:2000', 'c:2000', 'd:2000', 'e:2000']);
  await eventually(() => bodies(worker.lines(), 'started').length === 3);
  const { code, report } = await worker.terminate();
  expect(code).toBe(0);
  expect(report).toEqual({ completed: 3, failed: 0, buried: 0, returned: 0 });
  const left = queue.messages();
  expect(left).toHaveLength(2);
  // Never delivered, so the next worker sees them at once.
  expect(left).toEqual(left.map(({ body }) => ({ body, receives: 0, visible: true })));
});

test('returns what it cannot finish, visible at once, and leaves although the work never ends', async () => {
  const worker = startWorkerProcess(4, 200);
  queue.send(['a:1', 'b:for-ever', 'c:for-ever']);
  await eventually(() => bodies(worker.lines(), 'started').length === 3 && queue.messages().length === 2);
  expect(await worker.terminate()).toEqual({ code: 0, report: { completed: 1, failed: 0, buried: 0, returned: 2 } });
  expect(queue.messages()).toEqual([
    { body: 'b:for-ever', receives: 1, visible: true },
    { body: 'c:for-ever', receives: 1, visible: true },
  ]);
});

test('returns the message that arrives while it is already leaving', async () => {
  const worker = startWorkerProcess(1, 30_000, 10);
  await eventually(() => queue.calls.includes('ReceiveMessage'));
  const left = worker.terminate();
  await eventually(() => bodies(worker.lines(), 'stopping').length === 1);
  // The long poll of before the signal is still open, and this is its answer.
  queue.send(['a:1']);
  expect(await left).toEqual({ code: 0, report: { completed: 0, failed: 0, buried: 0, returned: 1 } });
  expect(bodies(worker.lines(), 'started')).toEqual([]);
  expect(queue.calls).toEqual(['ReceiveMessage', 'ChangeMessageVisibility']);
  expect(queue.messages()).toEqual([{ body: 'a:1', receives: 1, visible: true }]);
});

test('a message whose work failed stays in the queue, hidden until its time-out', async () => {
  queue.send(['a:fail', 'b:1']);
  const worker = startWorkerProcess(1, 5_000);
  await eventually(() => bodies(worker.lines(), 'finished').length === 1 && queue.messages().length === 1);
  expect(await worker.terminate()).toEqual({ code: 0, report: { completed: 1, failed: 1, buried: 0, returned: 0 } });
  expect(queue.messages()).toEqual([{ body: 'a:fail', receives: 1, visible: false }]);
});

test('one hundred messages, a worker that is interrupted, and one that takes over: none is lost', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `${index}:20`);
  queue.send(names);
  const first = startWorkerProcess(10, 5_000);
  await eventually(() => bodies(first.lines(), 'finished').length > 20);
  expect((await first.terminate()).code).toBe(0);
  const second = startWorkerProcess(10, 5_000);
  await eventually(() => queue.messages().length === 0);
  await second.terminate();
  const finished = [...bodies(first.lines(), 'finished'), ...bodies(second.lines(), 'finished')];
  expect(finished).toHaveLength(100);
  expect(new Set(finished)).toEqual(new Set(names));
});
