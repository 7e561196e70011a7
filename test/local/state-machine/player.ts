import type { Callbacks } from './callbacks';
import type { Clock } from './clock';
import type { Graph, Retrier, Rule, State } from './definition';
import { evaluate } from './jsonata';
import type { Scope } from './scope';
import { matches, retryDelay, StateError } from './state-error';
import { attempt, type TaskHandler } from './task';

/** What happened in an execution, in the order in which it did. */
export interface HistoryEvent {
  /** Milliseconds since the epoch, by the machine's clock. */
  readonly at: number;
  /** A state with the way to it, such as `Outer[0]/Inner`. */
  readonly state: string;
  readonly type: 'entered' | 'left' | 'retried' | 'failed';
  /** For `left`: the way out, as {@link waysOut} names it. */
  readonly by?: string;
  /** For `left` by a catcher, `retried` and `failed`. */
  readonly error?: string;
  readonly cause?: string;
}

export interface Stage {
  readonly handlers: Readonly<Record<string, TaskHandler>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly callbacks: Callbacks;
  readonly record: (event: HistoryEvent) => void;
}

/** What a graph is played with. */
export interface Part {
  readonly input: unknown;
  readonly scope: Scope;
  readonly context: Readonly<Record<string, unknown>>;
  /** Aborted when nobody waits for the outcome any more. */
  readonly stop: AbortSignal;
  /** The way to this graph, such as `Outer[0]/`. */
  readonly prefix: string;
}

/** One state under way. */
interface Running extends Part {
  readonly name: string;
  readonly path: string;
  readonly state: State;
  readonly retries: number;
}

/** How a state ends: its output, and where it goes. */
interface Outcome {
  readonly output: unknown;
  readonly next: string | undefined;
  readonly by: string;
}

/** Plays graphs of states. Each rule is the specification's; the tests beside this say which. */
export class Player {
  public constructor(private readonly stage: Stage) {}

  /** @returns the output of the last state @throws StateError */
  public async play(graph: Graph, part: Part): Promise<unknown> {
    let input = part.input;
    for (let name: string | undefined = graph.StartAt; name !== undefined; ) {
      if (part.stop.aborted) throw new StateError('States.Runtime', 'nobody waits for this any more');
      const state: State | undefined = graph.States[name];
      if (state === undefined) throw new StateError('States.Runtime', `there is no state ${name}`);
      const running = { ...part, input, name, state, path: `${part.prefix}${name}`, retries: 0 };
      this.record(running, { type: 'entered' });
      const outcome: Outcome = await this.withRules(running);
      input = outcome.output;
      name = outcome.next;
    }
    return input;
  }

  /** A state with its `Retry` and `Catch`. */
  private async withRules(running: Running): Promise<Outcome> {
    const retriesOf = new Map<Retrier, number>();
    for (let retries = 0; ; retries++) {
      try {
        const outcome = await this.once({ ...running, retries });
        this.record(running, { type: 'left', by: outcome.by });
        return outcome;
      } catch (thrown) {
        const error = StateError.from(thrown);
        if (running.stop.aborted) throw error;
        const retrier = running.state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, error));
        const soFar = retrier === undefined ? 0 : (retriesOf.get(retrier) ?? 0);
        const delay = retrier === undefined ? undefined : retryDelay(retrier, soFar, this.stage.random);
        if (retrier === undefined || delay === undefined) return await this.caught(running, error);
        retriesOf.set(retrier, soFar + 1);
        this.record(running, { type: 'retried', ...named(error) });
        await this.stage.clock.sleep(delay, running.stop);
      }
    }
  }

  private async caught(running: Running, error: StateError): Promise<Outcome> {
    const rows = running.state.Catch ?? [];
    const index = rows.findIndex(({ ErrorEquals }) => matches(ErrorEquals, error));
    const catcher = rows[index];
    if (catcher === undefined) {
      this.record(running, { type: 'failed', ...named(error) });
      throw error;
    }
    const errorOutput = { Error: error.name, Cause: error.message };
    const outcome = await this.leave(running, catcher, { errorOutput }, errorOutput, `catch[${index}]`);
    this.record(running, { type: 'left', by: outcome.by, ...named(error) });
    return outcome;
  }

  private async once(running: Running): Promise<Outcome> {
    const { state, input } = running;
    switch (state.Type) {
      case 'Pass':
        return this.leave(running, state, {}, input);
      case 'Succeed':
        return { ...(await this.leave(running, state, {}, input)), next: undefined, by: 'end' };
      case 'Fail':
        throw new StateError(
          String(await this.evaluate(running, state.Error ?? 'States.Runtime')),
          String(await this.evaluate(running, state.Cause ?? '')),
        );
      case 'Wait':
        await this.stage.clock.sleep(await this.waitMillis(running), running.stop);
        return this.leave(running, state, {}, input);
      case 'Choice':
        return this.choose(running);
      default: {
        const result = await this.work(running);
        return this.leave(running, state, { result }, result);
      }
    }
  }

  private async waitMillis(running: Running): Promise<number> {
    const { Seconds, Timestamp } = running.state;
    if (Timestamp === undefined) return 1000 * Number(await this.evaluate(running, Seconds));
    return Math.max(0, Date.parse(String(await this.evaluate(running, Timestamp))) - this.stage.clock.now());
  }

  private async choose(running: Running): Promise<Outcome> {
    const { state, input } = running;
    for (const [index, choice] of (state.Choices ?? []).entries()) {
      const holds = await this.evaluate(running, choice.Condition);
      if (typeof holds !== 'boolean') {
        throw new StateError('States.QueryEvaluationError', `a Condition must be true or false, got ${String(holds)}`);
      }
      if (holds) return this.leave(running, choice, {}, input, `choice[${index}]`);
    }
    if (state.Default === undefined) throw new StateError('States.NoChoiceMatched', `no choice of ${running.path}`);
    return this.leave(running, { ...state, Next: state.Default }, {}, input, 'default');
  }

  /** The result of a Task, a Parallel or a Map. */
  private work(running: Running): Promise<unknown> {
    if (running.state.Type === 'Task') return this.task(running);
    return running.state.Type === 'Parallel' ? this.parallel(running) : this.map(running);
  }

  private async task(running: Running): Promise<unknown> {
    const { state, name } = running;
    const full = state.Resource ?? '';
    const waits = full.endsWith('.waitForTaskToken');
    const resource = full
      .replace(/^arn:[^:]*:states:[^:]*:[^:]*:/u, '')
      .replace(/\.(waitForTaskToken|sync(:2)?)$/u, '');
    const handler = this.stage.handlers[name] ?? this.stage.handlers[resource];
    if (handler === undefined)
      throw new StateError('States.Runtime', `no handler for the state ${name} or ${resource}`);
    const callback = waits ? this.stage.callbacks.open() : undefined;
    const task = callback === undefined ? {} : { Task: { Token: callback.token } };
    const prepared = { ...running, context: { ...running.context, ...task } };
    const millis = async (seconds: unknown) =>
      seconds === undefined ? undefined : 1000 * Number(await this.evaluate(prepared, seconds));
    const result = await attempt(
      {
        state: name,
        resource,
        handler,
        retries: running.retries,
        arguments: await this.evaluate(prepared, state.Arguments ?? running.input),
        timeout: await millis(state.TimeoutSeconds),
        heartbeat: await millis(state.HeartbeatSeconds),
        callback,
      },
      this.stage.clock,
      this.stage.callbacks,
    );
    return result === undefined ? {} : (JSON.parse(JSON.stringify(result)) as unknown);
  }

  private async parallel(running: Running): Promise<unknown> {
    const input = await this.evaluate(running, running.state.Arguments ?? running.input);
    return this.together(running, running.state.Branches ?? [], 0, (branch, index, stop) =>
      this.play(branch, { ...running, input, stop, ...inner(running, index) }),
    );
  }

  private async map(running: Running): Promise<unknown> {
    const { Items, ItemSelector, ItemProcessor, MaxConcurrency = 0 } = running.state;
    const items = await this.evaluate(running, Items ?? running.input);
    if (!Array.isArray(items) || ItemProcessor === undefined) {
      throw new StateError('States.QueryEvaluationError', `${running.path} must have a list of items`);
    }
    const limit = Number(await this.evaluate(running, MaxConcurrency));
    return this.together(running, items as readonly unknown[], limit, async (Value, Index, stop) => {
      const context = { ...running.context, Map: { Item: { Index, Value } } };
      const input = await this.evaluate({ ...running, context }, ItemSelector ?? Value);
      return this.play(ItemProcessor, { ...running, input, context, stop, ...inner(running, 0) });
    });
  }

  /** All results in order; the first failure is the state's and stops the others. @param limit 0 for all at once */
  private async together<T>(
    { stop }: Running,
    items: readonly T[],
    limit: number,
    run: (item: T, index: number, stop: AbortSignal) => Promise<unknown>,
  ): Promise<unknown[]> {
    const failed = new AbortController();
    const signal = AbortSignal.any([stop, failed.signal]);
    const results: unknown[] = [];
    const queue = items.entries();
    const worker = async () => {
      for (const [index, item] of queue) results[index] = await run(item, index, signal);
    };
    try {
      await Promise.all(Array.from({ length: limit === 0 ? items.length : Math.min(limit, items.length) }, worker));
    } finally {
      failed.abort();
    }
    return results;
  }

  /** `Output` and `Assign` of a state or of one of its rules, and where it leads. */
  private async leave(
    running: Running,
    rule: Partial<Rule>,
    states: Readonly<Record<string, unknown>>,
    fallback: unknown,
    by?: string,
  ): Promise<Outcome> {
    const [output, assigned] = await Promise.all([
      rule.Output === undefined ? fallback : this.evaluate(running, rule.Output, states),
      this.evaluate(running, rule.Assign ?? {}, states),
    ]);
    running.scope.assign(assigned as Readonly<Record<string, unknown>>);
    return { output, next: rule.Next, by: by ?? (rule.Next === undefined ? 'end' : 'next') };
  }

  private evaluate(running: Running, value: unknown, states: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const { scope, input, name, retries } = running;
    const context = { ...running.context, State: { Name: name, RetryCount: retries } };
    const { clock } = this.stage;
    // JSONata's own functions of time, on the clock of the machine.
    const time = { millis: () => clock.now(), now: () => new Date(clock.now()).toISOString() };
    return evaluate(value, { ...time, ...scope.variables, states: { input, context, ...states } });
  }

  private record({ path }: Running, event: Omit<HistoryEvent, 'at' | 'state'>): void {
    this.stage.record({ at: this.stage.clock.now(), state: path, ...event });
  }
}

function inner({ path, scope }: Running, index: number): Pick<Part, 'prefix' | 'scope'> {
  return { prefix: `${path}[${index}]/`, scope: scope.inner() };
}

function named(error: StateError): Pick<HistoryEvent, 'error' | 'cause'> {
  return { error: error.name, cause: error.message };
}
