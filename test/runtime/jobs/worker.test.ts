import { awsEnvironment } from '../../local/aws-server';
import { type SqsServer, startSqsServer } from '../../local/sqs-server';
import { eventually } from '../support/eventually';
import { endProcesses, startProcess } from '../support/process';

interface WorkerProcess {
  /** What it has printed so far. */
  readonly lines: () => readonly Record<string, unknown>[];
  /** Resolves with the exit code once it has ended by itself. */
  ended(): Promise<number | null>;
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
    ended: () => child.ended,
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

test('buries what failed for the last time with the reason', async () => {
  queue.send(['a:fail']);
  const worker = startWorkerProcess(1, 5_000);
  await eventually(() => {
    // As if its time had come: whenever the worker hides it.
    queue.queue.showAll();
    return queue.deadLetters.size === 1 && queue.queue.size === 0;
  });
  expect(await worker.terminate()).toEqual({ code: 0, report: { completed: 0, failed: 1, buried: 1, returned: 0 } });
  const reason = queue.deadLetters.messages()[0]?.attributes['reason']?.StringValue;
  expect(reason).toBe('failed 2 times, at last with Error: asked to fail');
});

test('a message that kills its workers ends among the dead letters by itself', async () => {
  await queue.stop();
  queue = await startSqsServer({ maxReceives: 2, visibilitySeconds: 1 });
  queue.send(['a:crash']);
  for (let crash = 1; crash <= 2; crash++) {
    const worker = startWorkerProcess(1, 5_000);
    expect(await worker.ended()).toBe(1);
  }
  const worker = startWorkerProcess(1, 5_000);
  await eventually(() => queue.deadLetters.size === 1);
  expect(bodies(worker.lines(), 'started')).toEqual([]);
  await worker.terminate();
});

test('messages of a group are handled one after the other, and none overtakes one that failed', async () => {
  await queue.stop();
  queue = await startSqsServer({ fifo: true });
  for (const body of ['a1:30', 'a2:fail', 'a3:1']) queue.queue.add({ body, group: 'a' });
  for (const body of ['b1:30', 'b2:1']) queue.queue.add({ body, group: 'b' });
  const worker = startWorkerProcess(10, 5_000);
  await eventually(() => queue.messages().length === 2 && bodies(worker.lines(), 'error').length === 1);
  expect(queue.messages().map(({ body }) => body)).toEqual(['a2:fail', 'a3:1']);
  const begun = bodies(worker.lines(), 'started');
  expect(begun.filter((body) => String(body).startsWith('a'))).toEqual(['a1:30', 'a2:fail']);
  expect(begun.filter((body) => String(body).startsWith('b'))).toEqual(['b1:30', 'b2:1']);
  await worker.terminate();
});

test('what takes longer than the visibility time-out stays hidden while it is worked on', async () => {
  await queue.stop();
  queue = await startSqsServer({ visibilitySeconds: 6 });
  queue.send(['a:9000']);
  const [first, second] = [startWorkerProcess(1, 10_000), startWorkerProcess(1, 10_000)];
  await eventually(() => queue.messages().length === 0, 50_000);
  expect([...bodies(first.lines(), 'started'), ...bodies(second.lines(), 'started')]).toEqual(['a:9000']);
  await Promise.all([first.terminate(), second.terminate()]);
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
