import { JumpingClock, StateMachine, type TaskHandler } from '.';
import { machineOf, pass, RESOURCE, task } from './testing';

// Each test is a rule of https://states-language.net or of https://docs.aws.amazon.com/step-functions/latest/dg/, on a fake clock.

describe('tokens', () => {
  const machine = machineOf({
    A: task({
      Resource: `${RESOURCE}.waitForTaskToken`,
      Arguments: { token: '{% $states.context.Task.Token %}' },
      TimeoutSeconds: 100,
      HeartbeatSeconds: 40,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
    }),
    Z: pass(),
  });

  /** Plays with somebody who holds the token and does this with it. */
  async function held(
    holder: (execution: ReturnType<StateMachine['start']>, token: string, clock: JumpingClock) => Promise<void>,
  ) {
    const clock = new JumpingClock();
    const start = clock.now();
    let holding: Promise<void> | undefined;
    const handler: TaskHandler = ({ arguments: given, token }) => {
      expect(given).toEqual({ token });
      holding = holder(execution, String(token), clock);
    };
    const execution = new StateMachine(machine, { handlers: { A: handler }, clock }).start({});
    const { output } = await execution.result;
    const seconds = (clock.now() - start) / 1000;
    await holding;
    return { output, seconds };
  }

  test('a task waits until its token comes back', async () => {
    const answered = await held(async (execution, token, clock) => {
      await clock.sleep(30_000);
      execution.sendTaskSuccess(token, { approved: true });
    });
    expect(answered).toEqual({ output: { approved: true }, seconds: 30 });
  });

  test('the holder can fail it', async () => {
    const answered = await held(async (execution, token) => execution.sendTaskFailure(token, 'Declined', 'not today'));
    expect(answered.output).toEqual({ Error: 'Declined', Cause: 'not today' });
  });

  test('without a sign of life it fails, with them it has all of its time', async () => {
    const silent = await held(async () => {});
    expect(silent).toEqual({ output: expect.objectContaining({ Error: 'States.HeartbeatTimeout' }), seconds: 40 });
    const alive = await held(async (execution, token, clock) => {
      for (let beats = 0; beats < 3; beats++) {
        await clock.sleep(30_000);
        execution.sendTaskHeartbeat(token);
      }
    });
    expect(alive).toEqual({ output: expect.objectContaining({ Error: 'States.Timeout' }), seconds: 100 });
  });

  test('a token that nobody waits for is refused', async () => {
    await held(async (execution, token) => {
      execution.sendTaskSuccess(token, {});
      expect(() => execution.sendTaskSuccess(token, {})).toThrow('no task waits for this token');
    });
  });
});
