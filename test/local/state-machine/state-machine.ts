import { randomUUID } from 'node:crypto';
import { Callbacks } from './callbacks';
import { type Clock, realClock } from './clock';
import { assertPlayable, type StateMachineDefinition } from './definition';
import { type HistoryEvent, Player } from './player';
import { Scope } from './scope';
import { StateError } from './state-error';
import type { TaskHandler } from './task';

export interface StateMachineOptions {
  /** What stands for the services: by name of the state, else by resource such as `lambda:invoke`. */
  readonly handlers: Readonly<Record<string, TaskHandler>>;

  /** @default - the machine's own time */
  readonly clock?: Clock;

  /**
   * 0 to 1, for retries with full jitter.
   *
   * @default Math.random
   */
  readonly random?: () => number;

  /** Told of every event as it happens. */
  readonly onEvent?: (event: HistoryEvent) => void;
}

export interface ExecutionResult {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** An execution under way. */
export interface Execution extends Pick<Callbacks, 'sendTaskSuccess' | 'sendTaskFailure' | 'sendTaskHeartbeat'> {
  /** Never rejects. */
  readonly result: Promise<ExecutionResult>;
  /** What has happened so far. */
  readonly history: readonly HistoryEvent[];
}

/**
 * Plays a state machine as Step Functions does (Amazon States Language, https://states-language.net, with JSONata), on
 * handlers that stand for the services.
 */
export class StateMachine {
  /** @throws Error when the definition has something that cannot be played */
  public constructor(
    public readonly definition: StateMachineDefinition,
    private readonly options: StateMachineOptions,
  ) {
    assertPlayable(definition);
  }

  public start(input: unknown): Execution {
    const { handlers, clock = realClock, random = Math.random, onEvent } = this.options;
    const history: HistoryEvent[] = [];
    const callbacks = new Callbacks();
    const id = randomUUID();
    const context = {
      Execution: { Id: id, Name: id, Input: input, StartTime: new Date(clock.now()).toISOString() },
      StateMachine: { Id: 'local', Name: 'local' },
    };
    const record = (event: HistoryEvent) => {
      history.push(event);
      onEvent?.(event);
    };
    const stop = new AbortController();
    const player = new Player({ handlers, clock, random, callbacks, record });
    const played = player.play(this.definition, { input, scope: new Scope(), context, stop: stop.signal, prefix: '' });
    const result = this.within(played, clock, stop);
    return {
      result,
      history,
      sendTaskSuccess: (token, output) => callbacks.sendTaskSuccess(token, output),
      sendTaskFailure: (token, error, cause) => callbacks.sendTaskFailure(token, error, cause),
      sendTaskHeartbeat: (token) => callbacks.sendTaskHeartbeat(token),
    };
  }

  private async within(played: Promise<unknown>, clock: Clock, stop: AbortController): Promise<ExecutionResult> {
    const over = new AbortController();
    const end = (async (): Promise<ExecutionResult> => ({ status: 'SUCCEEDED', output: await played }))().catch(
      (thrown: unknown): ExecutionResult => {
        const { name: error, message: cause } = StateError.from(thrown);
        return { status: 'FAILED', error, cause };
      },
    );
    const { TimeoutSeconds } = this.definition;
    if (TimeoutSeconds === undefined) return end;
    const timedOut: ExecutionResult = { status: 'TIMED_OUT', error: 'States.Timeout' };
    const limit = clock.sleep(1000 * TimeoutSeconds, over.signal).then(
      () => timedOut,
      () => end,
    );
    const result = await Promise.race([end, limit]);
    over.abort();
    stop.abort();
    return result;
  }
}
