/** What bounds the concurrency of one function that is called synchronously. */
export interface ConcurrencyLimits {
  /** Concurrent executions a function may add per interval; AWS: 1000 every 10 s, each function on its own. */
  readonly rampPerInterval: number;
  readonly intervalSeconds: number;
  /** Account limit, or the reserved concurrency of the function. */
  readonly limit: number;
  /** Provisioned executions that are ready without a ramp. */
  readonly provisioned: number;
}

export const LAMBDA_RAMP = { rampPerInterval: 1000, intervalSeconds: 10 } as const;

/** How many executions run, and how many are throttled, second by second. */
export class LambdaConcurrency {
  private running: number;
  private budget: number;

  public constructor(private readonly limits: ConcurrencyLimits) {
    this.running = limits.provisioned;
    this.budget = limits.rampPerInterval;
  }

  /**
   * One second with `demand` concurrent executions wanted. The ramp is a bucket that refills continuously and holds
   * one interval's worth.
   * Source: "AWS Lambda functions now scale 12 times faster" (AWS News Blog, November 2023); Lambda guide, "Scaling rate".
   *
   * @returns executions that run, and the wanted ones that get a 429
   */
  public second(demand: number): { readonly running: number; readonly throttled: number } {
    const { rampPerInterval, intervalSeconds, limit, provisioned } = this.limits;
    const wanted = Math.min(demand, limit);
    const added = Math.min(Math.max(0, wanted - this.running), this.budget);
    this.budget = Math.min(rampPerInterval, this.budget - added + rampPerInterval / intervalSeconds);
    this.running = Math.max(provisioned, this.running + added);
    const running = Math.min(wanted, this.running);
    return { running, throttled: demand - running };
  }
}
