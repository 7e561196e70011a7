/** Time that moves when the test says so. */
export class VirtualClock {
  private readonly sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  public constructor(public time: number) {}

  public readonly now = (): number => this.time;

  public readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => {
      this.sleepers.push({ at: this.time + milliseconds, wake });
    });

  /** Moves on to `time`, waking whoever sleeps until then in their order; `settle` lets each do its work. */
  public async advance(time: number, settle: () => Promise<unknown>): Promise<void> {
    for (let next = this.next(time); next !== undefined; next = this.next(time)) {
      this.time = Math.max(this.time, next.at);
      next.wake();
      await settle();
    }
    this.time = time;
  }

  private next(until: number) {
    this.sleepers.sort((one, other) => one.at - other.at);
    return (this.sleepers[0]?.at ?? Number.POSITIVE_INFINITY) <= until ? this.sleepers.shift() : undefined;
  }
}
