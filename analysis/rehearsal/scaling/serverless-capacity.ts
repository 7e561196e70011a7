/** How Aurora Serverless v2 changes its size, in seconds and shares that AWS does not publish. */
export interface ServerlessSpeed {
  /** Growth per second as a share of the current capacity, at least one step of 0.5 ACU. */
  readonly serverlessGrowth: number;
  /** Seconds of load above capacity before it grows. */
  readonly serverlessDelay: number;
  /** How many times slower it shrinks. */
  readonly serverlessShrinkSlowdown: number;
}

/** Least change of capacity, and its granularity. */
const STEP_ACU = 0.5;

/** The capacity of a Serverless v2 instance, second by second. */
export class ServerlessCapacity {
  private exact: number;
  private overloadedSeconds = 0;

  public constructor(
    private readonly bounds: { readonly minAcu: number; readonly maxAcu: number },
    private readonly speed: ServerlessSpeed,
  ) {
    this.exact = bounds.minAcu;
  }

  /** Capacity in steps of 0.5 ACU. */
  public get acu(): number {
    return Math.ceil(this.exact / STEP_ACU) * STEP_ACU;
  }

  /** One second in which the load would have used `wantedAcu`. */
  public second(wantedAcu: number): number {
    const { serverlessGrowth, serverlessDelay, serverlessShrinkSlowdown } = this.speed;
    const slew = Math.max(STEP_ACU, serverlessGrowth * this.exact);
    this.overloadedSeconds = wantedAcu > this.exact ? this.overloadedSeconds + 1 : 0;
    if (this.overloadedSeconds > serverlessDelay) this.exact = Math.min(wantedAcu, this.exact + slew);
    else if (wantedAcu < this.exact) this.exact = Math.max(wantedAcu, this.exact - slew / serverlessShrinkSlowdown);
    this.exact = Math.min(this.bounds.maxAcu, Math.max(this.bounds.minAcu, this.exact));
    return this.acu;
  }
}
