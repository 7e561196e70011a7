import { handleSqsBatch, type Message, PermanentJobError, type SqsEvent } from '../../../runtime/jobs';

const record = (body: string, receives = 1, group?: string): SqsEvent['Records'][number] => ({
  messageId: `id-${body}`,
  receiptHandle: `receipt-${body}`,
  body,
  attributes: { ApproximateReceiveCount: String(receives), ...(group !== undefined && { MessageGroupId: group }) },
});

/** Handles the records; a body with `fail` in it fails, one with `never` fails for good. */
async function run(records: SqsEvent['Records'], bury: () => Promise<void> = async () => {}) {
  const handled: string[] = [];
  const hidden: [string, number][] = [];
  const buried: [string, string][] = [];
  const errors: string[] = [];
  const response = await handleSqsBatch(
    { Records: records },
    {
      handle: async ({ body }: Message) => {
        handled.push(body);
        if (body.includes('fail')) throw new Error(`${body}: no`);
        if (body.includes('never')) throw new PermanentJobError(`${body}: never`);
      },
      source: {
        hide: async ({ body }, seconds) => void hidden.push([body, seconds]),
        bury: async ({ body }, reason) => {
          await bury();
          buried.push([body, reason]);
        },
      },
      onError: (error) => errors.push(String(error)),
      retry: { maxReceives: 3, baseSeconds: 10, capSeconds: 15 },
      signal: new AbortController().signal,
    },
  );
  return {
    left: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    handled,
    hidden,
    buried,
    errors,
  };
}

test('leaves in the queue what failed and nothing else, hidden for a while that grows and is capped', async () => {
  const { left, hidden, errors } = await run([record('a'), record('fail-b', 1), record('c'), record('fail-d', 2)]);
  expect(left).toEqual(['id-fail-b', 'id-fail-d']);
  expect(hidden.map(([body]) => body)).toEqual(['fail-b', 'fail-d']);
  for (const [index, longest] of [10, 15].entries()) {
    expect(hidden[index]?.[1]).toBeGreaterThanOrEqual(0);
    expect(hidden[index]?.[1]).toBeLessThanOrEqual(longest);
  }
  expect(errors).toEqual(['Error: fail-b: no', 'Error: fail-d: no']);
});

test('buries what failed for the last time, and what can never succeed at once', async () => {
  const { left, buried } = await run([record('fail-a', 3), record('never-b', 1)]);
  expect(left).toEqual([]);
  expect(buried).toEqual([
    ['fail-a', 'failed 3 times, at last with Error: fail-a: no'],
    ['never-b', 'PermanentJobError: never-b: never'],
  ]);
});

test('keeps what it could not bury', async () => {
  const { left, errors } = await run([record('never-a')], async () => {
    throw new Error('no grave');
  });
  expect([left, errors]).toEqual([['id-never-a'], ['PermanentJobError: never-a: never', 'Error: no grave']]);
});

test('of a group nothing behind a failed message is handled; other groups go on', async () => {
  const { left, handled, hidden } = await run([
    record('1', 1, 'a'),
    record('fail-2', 1, 'a'),
    record('3', 1, 'b'),
    record('4', 1, 'a'),
    record('5', 1, 'b'),
  ]);
  expect(left).toEqual(['id-fail-2', 'id-4']);
  expect(new Set(handled)).toEqual(new Set(['1', 'fail-2', '3', '5']));
  expect(hidden).toContainEqual(['4', 0]);
});

test('a buried message lets those behind it go on', async () => {
  const { left, handled } = await run([record('never-1', 1, 'a'), record('2', 1, 'a')]);
  expect([left, handled]).toEqual([[], ['never-1', '2']]);
});
