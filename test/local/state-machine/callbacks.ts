import { randomUUID } from 'node:crypto';
import { StateError } from './state-error';

/** A task that waits for its token. */
export interface Callback {
  readonly token: string;
  /** What is sent back with the token. */
  readonly answer: Promise<unknown>;
  onHeartbeat(listener: () => void): void;
}

interface Waiting {
  readonly succeed: (output: unknown) => void;
  readonly fail: (error: StateError) => void;
  heartbeat: () => void;
}

/** The tasks that wait for somebody to send their token back, and the calls that do. */
export class Callbacks {
  private readonly waiting = new Map<string, Waiting>();

  public open(): Callback {
    const token = randomUUID();
    const answer = new Promise<unknown>((succeed, fail) => {
      this.waiting.set(token, { succeed, fail, heartbeat: () => {} });
    });
    // A time-out may end the wait before the answer fails.
    answer.catch(() => {});
    const onHeartbeat = (listener: () => void) => {
      const waiting = this.waiting.get(token);
      if (waiting !== undefined) waiting.heartbeat = listener;
    };
    return { token, answer, onHeartbeat };
  }

  public close(token: string): void {
    this.waiting.delete(token);
  }

  /** @throws StateError as the service does when the task is over or never was; so do the next two */
  public sendTaskSuccess(token: string, output: unknown): void {
    this.take(token).succeed(output);
  }

  public sendTaskFailure(token: string, error: string, cause = ''): void {
    this.take(token).fail(new StateError(error, cause));
  }

  public sendTaskHeartbeat(token: string): void {
    this.find(token).heartbeat();
  }

  private take(token: string): Waiting {
    const waiting = this.find(token);
    this.waiting.delete(token);
    return waiting;
  }

  private find(token: string): Waiting {
    const waiting = this.waiting.get(token);
    if (waiting === undefined) throw new StateError('TaskTimedOut', 'no task waits for this token');
    return waiting;
  }
}
