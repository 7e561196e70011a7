import { JumpingClock, StateMachine, type TaskHandler } from '.';
import type { State } from './definition';
import { machineOf, pass, play, task } from './testing';

// Each test is a rule of https://states-language.net or of https://docs.aws.amazon.com/step-functions/latest/dg/, on a fake clock.

describe('data', () => {
  test('the result of a task is its output, the input that of other states', async () => {
    const machine = machineOf({ A: task({ Next: 'B' }), B: pass() });
    expect(await play(machine, { a: 1 }, { A: () => ({ Payload: 5 }) })).toMatchObject({ output: { Payload: 5 } });
    expect(await play(machineOf({ A: pass() }), { a: 1 })).toMatchObject({ status: 'SUCCEEDED', output: { a: 1 } });
  });

  test('a task gets its input as arguments unless it has some', async () => {
    const echo: TaskHandler = ({ arguments: given, resource }) => ({ given, resource });
    expect((await play(machineOf({ A: task() }), { a: 1 }, { A: echo })).output).toEqual({
      given: { a: 1 },
      resource: 'lambda:invoke',
    });
    const Arguments = { FunctionName: 'f', Payload: { sum: '{% $states.input.a + 1 %}', text: 'plain {% no %}' } };
    expect((await play(machineOf({ A: task({ Arguments }) }), { a: 1 }, { 'lambda:invoke': echo })).output).toEqual({
      given: { FunctionName: 'f', Payload: { sum: 2, text: 'plain {% no %}' } },
      resource: 'lambda:invoke',
    });
  });

  test('output and variables are worked out together, from the values before', async () => {
    const machine = machineOf({
      A: pass({ Assign: { x: '{% $states.input.a %}' }, Next: 'B' }),
      B: pass({ Assign: { x: '{% $x + 1 %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'C' }),
      C: pass({ Output: { x: '{% $x %}', y: '{% $y %}', before: '{% $states.input %}' } }),
    });
    expect((await play(machine, { a: 1 })).output).toEqual({ x: 2, y: 1, before: 1 });
  });

  test('branches see the variables of the machine and keep their own', async () => {
    const branch = {
      StartAt: 'In',
      States: {
        In: pass({ Assign: { mine: 1 }, Next: 'Out' }),
        Out: pass({ Output: '{% $x + $mine %}' }),
      },
    };
    const machine = machineOf({
      A: pass({ Assign: { x: 1 }, Next: 'P' }),
      P: { Type: 'Parallel', Branches: [branch], Next: 'Z' },
      Z: pass({ Output: '{% $exists($mine) %}' }),
    });
    const { output, history } = await play(machine);
    expect(output).toBe(false);
    expect(history.map(({ state }) => state)).toContain('P[0]/Out');
  });

  test('an expression that gives nothing fails the state, and can be caught', async () => {
    const broken = pass({ Output: '{% $states.input.missing %}' });
    expect(await play(machineOf({ A: broken }))).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: '$states.input.missing: the expression gives nothing',
    });
    const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'B' }];
    const machine = machineOf({ A: task({ Arguments: '{% $error("no") %}', Catch }), B: pass() });
    expect((await play(machine, {}, { A: () => 1 })).output).toMatchObject({ Error: 'States.QueryEvaluationError' });
  });

  test('has the functions of Step Functions', async () => {
    const Output = {
      partition: '{% $partition([1,2,3,4,5], 2) %}',
      range: '{% $range(0, 9, 3) %}',
      hash: '{% $hash("abc", "SHA-256") %}',
      parse: '{% $parse("{\\"a\\":[1]}").a %}',
      uuid: '{% $length($uuid()) %}',
    };
    expect((await play(machineOf({ A: pass({ Output }) }))).output).toEqual({
      partition: [[1, 2], [3, 4], [5]],
      range: [0, 3, 6, 9],
      // FIPS 180-2, appendix B.1
      hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      parse: [1],
      uuid: 36,
    });
    expect(await play(machineOf({ A: pass({ Output: '{% $eval("1") %}' }) }))).toMatchObject({ status: 'FAILED' });
  });
});

describe('flow', () => {
  test('the first choice that holds is taken, else the default, else it is an error', async () => {
    const choice = (Default?: string): State => ({
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Next: 'Big', Output: 'big' },
        { Condition: '{% $states.input.n > 5 %}', Next: 'Middle' },
      ],
      ...(Default === undefined ? {} : { Default }),
    });
    const machine = (Default?: string) =>
      machineOf({ A: choice(Default), Big: pass(), Middle: pass(), Small: { Type: 'Succeed' } });
    const valid = machine('Small');
    expect((await play(valid, { n: 11 })).output).toBe('big');
    expect((await play(valid, { n: 6 })).at).toEqual([
      ['A', 0],
      ['Middle', 0],
    ]);
    expect((await play(valid, { n: 1 })).at).toEqual([
      ['A', 0],
      ['Small', 0],
    ]);
    const clock = new JumpingClock();
    const { result } = new StateMachine(machine(), { handlers: {}, clock }).start({ n: 1 });
    expect(await result).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });

  test('waits for seconds and until a time', async () => {
    const machine = machineOf({
      A: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', Next: 'B' },
      B: { Type: 'Wait', Timestamp: '{% $states.input.until %}', Next: 'C' },
      C: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true },
    });
    const { at, seconds } = await play(machine, { seconds: 30, until: '2026-01-01T01:00:00Z' });
    expect(at).toEqual([
      ['A', 0],
      ['B', 30],
      ['C', 3600],
    ]);
    expect(seconds).toBe(3600);
  });

  test('branches run at the same time and give their outputs in order', async () => {
    const waiting = (Seconds: number) => ({
      StartAt: 'W',
      States: { W: { Type: 'Wait', Seconds, End: true } as State },
    });
    const slow = {
      StartAt: 'S',
      States: { S: { Type: 'Wait', Seconds: 9, Next: 'T' } as State, T: pass({ Output: 1 }) },
    };
    const machine = machineOf({ P: { Type: 'Parallel', Branches: [slow, waiting(5)], Arguments: 2, End: true } });
    expect(await play(machine)).toMatchObject({ output: [1, 2], seconds: 9 });
  });

  test('the failure of a branch is that of the state, and stops the others', async () => {
    const machine = machineOf({
      P: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Slow', States: { Slow: { Type: 'Wait', Seconds: 60, Next: 'Late' }, Late: task() } },
          {
            StartAt: 'Soon',
            States: { Soon: { Type: 'Wait', Seconds: 1, Next: 'F' }, F: { Type: 'Fail', Error: 'E' } },
          },
        ],
        Catch: [{ ErrorEquals: ['E'], Next: 'C' }],
        End: true,
      },
      C: pass(),
    });
    const late = jest.fn(() => 1);
    expect(await play(machine, {}, { Late: late })).toMatchObject({ output: { Error: 'E' }, seconds: 1 });
    expect(late).not.toHaveBeenCalled();
  });

  test('a map runs so many items at a time and gives their outputs in order', async () => {
    const machine = machineOf({
      M: {
        Type: 'Map',
        Items: '{% $states.input.list %}',
        ItemSelector: { value: '{% $states.context.Map.Item.Value %}', index: '{% $states.context.Map.Item.Index %}' },
        MaxConcurrency: 2,
        ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'T', States: { T: task() } },
        End: true,
      },
    });
    const handler: TaskHandler = async ({ arguments: given, sleep }) => {
      await sleep(10);
      return given;
    };
    const { output, seconds } = await play(machine, { list: ['a', 'b', 'c'] }, { T: handler });
    expect(output).toEqual([
      { value: 'a', index: 0 },
      { value: 'b', index: 1 },
      { value: 'c', index: 2 },
    ]);
    expect(seconds).toBe(20);
  });

  test('a Fail state ends the execution with its error', async () => {
    const machine = machineOf({ F: { Type: 'Fail', Error: 'Mine', Cause: '{% "because of " & $states.input.who %}' } });
    expect(await play(machine, { who: 'me' })).toMatchObject({
      status: 'FAILED',
      error: 'Mine',
      cause: 'because of me',
    });
  });
});
