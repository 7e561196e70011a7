import type { Retrier } from './definition';

/** An error as state machines know it: a name that `Retry` and `Catch` select by, and a cause. */
export class StateError extends Error {
  public constructor(
    /** Such as `States.Timeout` or `Lambda.TooManyRequestsException`. */
    public override readonly name: string,
    message = '',
  ) {
    super(message);
  }

  /** Whatever a handler threw. */
  public static from(error: unknown): StateError {
    if (error instanceof StateError) return error;
    return error instanceof Error ? new StateError(error.name, error.message) : new StateError('Error', String(error));
  }
}

/** These end the execution, whatever `States.ALL` says: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const TERMINAL = ['States.DataLimitExceeded', 'States.Runtime'];

/** Whether a `Retry` or `Catch` row with these names is meant for `error`. */
export function matches(names: readonly string[], error: StateError): boolean {
  return names.some((name) => {
    if (name === error.name) return true;
    if (TERMINAL.includes(error.name)) return false;
    if (name === 'States.ALL') return true;
    if (name === 'States.Timeout') return error.name === 'States.HeartbeatTimeout';
    return name === 'States.TaskFailed' && error.name !== 'States.Timeout';
  });
}

/**
 * Milliseconds until the next attempt, or `undefined` when there is none: the defaults are those of the specification.
 *
 * @param retries how often this row has retried already
 * @param random 0 to 1, for full jitter
 */
export function retryDelay(retrier: Retrier, retries: number, random: () => number): number | undefined {
  const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  if (retries >= MaxAttempts) return undefined;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** retries, MaxDelaySeconds);
  return 1000 * seconds * (retrier.JitterStrategy === 'FULL' ? random() : 1);
}
