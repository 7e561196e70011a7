/**
 * The cool-downs of one policy.
 *
 * Scaling out: while it lasts, only a larger capacity than the one it led to goes through, counted from the capacity at
 * its start. Scaling in: blocked while it lasts, and any scale-out ends it.
 * Source: Application Auto Scaling API reference, `StepScalingPolicyConfiguration.Cooldown` and
 * `TargetTrackingScalingPolicyConfiguration`.
 */
export class Cooldown {
  private out: { readonly untilSeconds: number; readonly base: number; readonly reached: number } | undefined;
  private inUntilSeconds = Number.NEGATIVE_INFINITY;

  public constructor(
    private readonly outSeconds: number,
    private readonly inSeconds: number,
  ) {}

  /** The capacity that a scale-out is counted from: the one before the running cool-down began, if one is running. */
  public outBase(nowSeconds: number, running: number): number {
    return this.activeOut(nowSeconds)?.base ?? running;
  }

  public allowsOut(nowSeconds: number, capacity: number): boolean {
    const active = this.activeOut(nowSeconds);
    return active === undefined || capacity > active.reached;
  }

  public allowsIn(nowSeconds: number): boolean {
    return nowSeconds >= this.inUntilSeconds;
  }

  public scaledOut(nowSeconds: number, base: number, reached: number): void {
    this.out = { untilSeconds: nowSeconds + this.outSeconds, base, reached };
  }

  public scaledIn(nowSeconds: number): void {
    this.inUntilSeconds = nowSeconds + this.inSeconds;
  }

  /** Any scale-out of the target ends a scale-in cool-down. */
  public endScaleIn(): void {
    this.inUntilSeconds = Number.NEGATIVE_INFINITY;
  }

  private activeOut(nowSeconds: number) {
    return this.out !== undefined && nowSeconds < this.out.untilSeconds ? this.out : undefined;
  }
}
