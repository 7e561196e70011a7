import type { LocalFunction, Outcome } from './lambda-runtime';

/** What became of a call: what the function made of it, or that no environment was left for it. */
export type CallOutcome = Outcome | { readonly kind: 'throttled' };

/**
 * The execution environments of one function: a call takes one that is free or a new one, up to the reserved
 * concurrency. https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export class FunctionFleet {
  private readonly free: LocalFunction[] = [];
  private readonly atWork = new Set<LocalFunction>();

  public constructor(
    private readonly create: () => LocalFunction,
    private readonly reservedConcurrency: number,
  ) {}

  public async invoke(event: unknown): Promise<CallOutcome> {
    if (this.atWork.size >= this.reservedConcurrency) return { kind: 'throttled' };
    const environment = this.free.pop() ?? this.create();
    this.atWork.add(environment);
    const outcome = await environment.invoke(event);
    this.atWork.delete(environment);
    // One whose process is gone starts anew: it is taken when no other one is free.
    if (outcome.kind === 'response' || outcome.kind === 'error') this.free.push(environment);
    else this.free.unshift(environment);
    return outcome;
  }

  /** Kills any process that has an event in hand; `false` when none has. */
  public killOne(): boolean {
    const inAnyOrder = [...this.atWork].sort(() => Math.random() - 0.5);
    return inAnyOrder.some((environment) => environment.kill());
  }

  public async stop(): Promise<void> {
    await Promise.all([...this.free, ...this.atWork].map((environment) => environment.stop()));
  }
}
