/** How Aurora Serverless v2 changes its size; AWS publishes the 0.5-ACU step, not the speed. */
export interface ServerlessCapacityModel {
  readonly minAcu: number;
  readonly maxAcu: number;
  /** Growth per second as a share of the current capacity, at least one step of 0.5 ACU. */
  readonly growthShare: number;
  /** Seconds of load above capacity before it grows. */
  readonly deadSeconds: number;
  /** How many times slower it shrinks. */
  readonly shrinkSlowdown: number;
}

/** Least change of capacity, and its granularity. */
const STEP_ACU = 0.5;

/** The capacity of a Serverless v2 instance, second by second. */
export class ServerlessCapacity {
  public acu: number;
  private overloadedSeconds = 0;

  public constructor(private readonly model: ServerlessCapacityModel) {
    this.acu = model.minAcu;
  }

  /** One second in which the load would have used `wantedAcu`. */
  public second(wantedAcu: number): number {
    const { minAcu, maxAcu, growthShare, deadSeconds, shrinkSlowdown } = this.model;
    const slew = Math.max(STEP_ACU, growthShare * this.acu);
    this.overloadedSeconds = wantedAcu > this.acu ? this.overloadedSeconds + 1 : 0;
    if (this.overloadedSeconds > deadSeconds) this.acu = Math.min(wantedAcu, this.acu + slew);
    else if (wantedAcu < this.acu) this.acu = Math.max(wantedAcu, this.acu - slew / shrinkSlowdown);
    this.acu = Math.min(maxAcu, Math.max(minAcu, this.acu));
    return Math.ceil(this.acu / STEP_ACU) * STEP_ACU;
  }
}
