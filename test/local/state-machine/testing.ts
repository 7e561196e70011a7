import { type HistoryEvent, JumpingClock, StateError, StateMachine, type TaskHandler } from '.';
import type { State, StateMachineDefinition } from './definition';

type Handlers = Readonly<Record<string, TaskHandler>>;

export function machineOf(states: Readonly<Record<string, State>>, rest: Partial<StateMachineDefinition> = {}) {
  const [StartAt = ''] = Object.keys(states);
  return { QueryLanguage: 'JSONata', StartAt, States: states, ...rest };
}

/** Plays the machine to its end; seconds are those of its clock. */
export async function play(definition: StateMachineDefinition, input: unknown = {}, handlers: Handlers = {}) {
  const clock = new JumpingClock();
  const start = clock.now();
  const execution = new StateMachine(definition, { handlers, clock, random: () => 0.5 }).start(input);
  const result = await execution.result;
  const { history } = execution;
  return { ...result, history, seconds: (clock.now() - start) / 1000, at: secondsOf(history, start) };
}

const secondsOf = (history: readonly HistoryEvent[], start: number) =>
  history.filter(({ type }) => type === 'entered').map(({ state, at }) => [state, (at - start) / 1000]);

export const RESOURCE = 'arn:aws:states:::lambda:invoke';
export const task = (rest: Partial<State> = {}): State => ({
  ...ending(rest),
  Type: 'Task',
  Resource: RESOURCE,
  ...rest,
});
export const pass = (rest: Partial<State> = {}): State => ({ ...ending(rest), Type: 'Pass', ...rest });
const ending = ({ Next }: Partial<State>) => (Next === undefined ? { End: true } : {});

/** Fails this often, then answers. */
export function failing(times: number, error = 'Broken'): TaskHandler {
  return ({ retries }) => {
    if (retries < times) throw new StateError(error, `attempt ${retries + 1}`);
    return { retries };
  };
}
