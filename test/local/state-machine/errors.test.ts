import { StateError, type TaskHandler } from '.';
import { failing, machineOf, pass, play, task } from './testing';

// Each test is a rule of https://states-language.net or of https://docs.aws.amazon.com/step-functions/latest/dg/, on a fake clock.

describe('errors', () => {
  test('retries three times after 1, 2 and 4 seconds when the row does not say otherwise', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'] }];
    expect(await play(machineOf({ A: task({ Retry }) }), {}, { A: failing(3) })).toMatchObject({
      output: { retries: 3 },
      seconds: 7,
    });
    expect(await play(machineOf({ A: task({ Retry }) }), {}, { A: failing(4) })).toMatchObject({
      status: 'FAILED',
      error: 'Broken',
      cause: 'attempt 4',
    });
  });

  // The specification's example: 3 s, 4.5 s, then no more.
  test('intervals, attempts and the back-off rate are the row’s', async () => {
    const Retry = [{ ErrorEquals: ['States.Timeout', 'Broken'], IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 1.5 }];
    const { seconds, status } = await play(machineOf({ A: task({ Retry }) }), {}, { A: failing(9) });
    expect([seconds, status]).toEqual([7.5, 'FAILED']);
  });

  test('no delay is longer than the longest, and full jitter takes a part of it', async () => {
    const row = { ErrorEquals: ['Broken'], IntervalSeconds: 10, MaxAttempts: 3, MaxDelaySeconds: 15 };
    const run = (more: object) => play(machineOf({ A: task({ Retry: [{ ...row, ...more }] }) }), {}, { A: failing(3) });
    expect((await run({})).seconds).toBe(40);
    expect((await run({ JitterStrategy: 'FULL' })).seconds).toBe(20);
  });

  // The specification: ErrorA, ErrorB, ErrorC, ErrorB again and ErrorB; each row counts its own retries.
  test('every row counts its own retries', async () => {
    const Retry = [
      { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2.0, MaxAttempts: 2 },
      { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 },
    ];
    const errors = ['ErrorA', 'ErrorB', 'ErrorC', 'ErrorB', 'ErrorB'];
    const handler: TaskHandler = ({ retries }) => {
      throw new StateError(errors[retries] ?? 'None');
    };
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Z' }];
    const { history, seconds, output } = await play(
      machineOf({ A: task({ Retry, Catch }), Z: pass() }),
      {},
      { A: handler },
    );
    expect(history.filter(({ type }) => type === 'retried').map(({ error }) => error)).toEqual([
      'ErrorA',
      'ErrorB',
      'ErrorC',
    ]);
    expect([seconds, output]).toEqual([1 + 2 + 5, { Error: 'ErrorB', Cause: '' }]);
  });

  test('a row with no attempts never retries', async () => {
    const Retry = [{ ErrorEquals: ['Broken'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    expect(await play(machineOf({ A: task({ Retry }) }), {}, { A: failing(1) })).toMatchObject({ status: 'FAILED' });
  });

  test('States.TaskFailed is every error but a time-out, States.ALL is every one but those that end the execution', async () => {
    const caught = async (names: readonly string[], error: string) => {
      const Catch = [{ ErrorEquals: names, Next: 'Z' }];
      const { status } = await play(machineOf({ A: task({ Catch }), Z: pass() }), {}, { A: failing(1, error) });
      return status === 'SUCCEEDED';
    };
    expect(await caught(['States.TaskFailed'], 'Broken')).toBe(true);
    expect(await caught(['States.TaskFailed'], 'States.Timeout')).toBe(false);
    expect(await caught(['States.ALL'], 'States.Timeout')).toBe(true);
    expect(await caught(['States.ALL'], 'States.Runtime')).toBe(false);
    expect(await caught(['Other'], 'Broken')).toBe(false);
  });

  test('a catcher has an output and variables of its own', async () => {
    const Catch = [
      {
        ErrorEquals: ['Broken'],
        Next: 'Z',
        Output: '{% $states.errorOutput.Error %}',
        Assign: { why: '{% $states.errorOutput.Cause %}' },
      },
    ];
    const machine = machineOf({ A: task({ Catch }), Z: pass({ Output: '{% $states.input & ", " & $why %}' }) });
    expect((await play(machine, {}, { A: failing(1) })).output).toBe('Broken, attempt 1');
  });

  test('a task that takes longer than its time-out fails; a new attempt has all of it again', async () => {
    const handler: TaskHandler = async ({ sleep, retries }) => {
      await sleep(retries === 0 ? 100 : 9);
      return retries;
    };
    const Retry = [{ ErrorEquals: ['States.Timeout'] }];
    const machine = machineOf({ A: task({ TimeoutSeconds: '{% $states.input.limit %}', Retry }) });
    expect(await play(machine, { limit: 10 }, { A: handler })).toMatchObject({ output: 1, seconds: 10 + 1 + 9 });
  });

  test('the time-out of the machine ends the execution, whatever catches', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'A' }];
    const forever = machineOf(
      { A: task({ Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 99 }], Catch }) },
      { TimeoutSeconds: 30 },
    );
    expect(await play(forever, {}, { A: failing(99) })).toMatchObject({ status: 'TIMED_OUT', seconds: 30 });
  });
});
