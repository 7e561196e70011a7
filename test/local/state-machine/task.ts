import type { Callback, Callbacks } from './callbacks';
import type { Clock } from './clock';
import { StateError } from './state-error';

/** One attempt at a Task state, as its handler sees it. */
export interface TaskCall {
  /** Name of the state. */
  readonly state: string;
  /** Such as `lambda:invoke` or `aws-sdk:rds:failoverGlobalCluster`. */
  readonly resource: string;
  /** `Arguments`, worked out. */
  readonly arguments: unknown;
  /** Retries so far. */
  readonly retries: number;
  /** For a task that waits until somebody sends it back. */
  readonly token?: string;
  /** Takes this long on the machine's clock, or until the state's time is over. */
  sleep(seconds: number): Promise<void>;
}

/**
 * Stands for a service: what it returns is the result of the task as that service answers it (`{ Payload }` for
 * `lambda:invoke`); what it throws fails the task, by the error's name.
 */
export type TaskHandler = (call: TaskCall) => unknown;

export interface Attempt extends Pick<TaskCall, 'state' | 'resource' | 'arguments' | 'retries'> {
  readonly handler: TaskHandler;
  /** Milliseconds for the attempt; absent for as long as it takes. */
  readonly timeout: number | undefined;
  /** Milliseconds between two signs of life. */
  readonly heartbeat: number | undefined;
  /** The token and its answer, for a task that waits for it. */
  readonly callback: Callback | undefined;
}

/** Runs one attempt within its limits. What a service does after them is nobody's business any more. @throws StateError */
export async function attempt(task: Attempt, clock: Clock, callbacks: Callbacks): Promise<unknown> {
  const { callback, timeout, heartbeat } = task;
  const over = new AbortController();
  const contestants: Promise<unknown>[] = [];
  if (timeout !== undefined) contestants.push(limit('States.Timeout', timeout, clock, over.signal));
  if (callback !== undefined && heartbeat !== undefined) {
    contestants.push(signsOfLife(callback, heartbeat, clock, over.signal));
  }
  try {
    return await Promise.race([...contestants, work(task, clock, over.signal)]);
  } catch (error) {
    throw StateError.from(error);
  } finally {
    over.abort();
    if (callback !== undefined) callbacks.close(callback.token);
  }
}

async function work({ handler, callback, ...task }: Attempt, clock: Clock, over: AbortSignal): Promise<unknown> {
  const { state, resource, retries } = task;
  const result = await clock.during(async (sleep) =>
    handler({
      state,
      resource,
      arguments: task.arguments,
      retries,
      ...(callback === undefined ? {} : { token: callback.token }),
      sleep: (seconds) => sleep(1000 * seconds, over),
    }),
  );
  return callback === undefined ? result : callback.answer;
}

async function limit(error: string, millis: number, clock: Clock, over: AbortSignal): Promise<never> {
  await clock.sleep(millis, over);
  throw new StateError(error, `nothing within ${millis / 1000} s`);
}

/** Rejects when the holder of the token is silent for too long. */
async function signsOfLife(callback: Callback, millis: number, clock: Clock, over: AbortSignal): Promise<never> {
  for (;;) {
    const beat = new AbortController();
    callback.onHeartbeat(() => beat.abort());
    await limit('States.HeartbeatTimeout', millis, clock, AbortSignal.any([over, beat.signal])).catch((error) => {
      if (!beat.signal.aborted) throw error;
    });
  }
}
