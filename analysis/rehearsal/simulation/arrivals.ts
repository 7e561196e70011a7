import type { Random } from '../queueing/random';
import type { Traffic } from '../traffic/traffic';

/** Draws when requests arrive: at random around the rate of each second. */
export class Arrivals {
  /** Mean time to an answer of late, for a population that waits for its answers. */
  public answerMs = 0;

  public constructor(
    private readonly traffic: Traffic,
    /** Variance of the load of one second around its mean of 1; 0 is Poisson. */
    private readonly burstiness: number,
    private readonly random: Random,
  ) {}

  /** The arrivals of one second of the traffic, which begins at `fromMs`. */
  public second(second: number, fromMs: number, each: (atMs: number) => void): void {
    const { random, burstiness } = this;
    const rps = this.offeredRps(second) * (burstiness === 0 ? 1 : random.gamma(burstiness));
    if (rps <= 0) return;
    const gapMs = 1000 / rps;
    const untilMs = fromMs + 1000;
    for (let at = fromMs + random.exponential() * gapMs; at < untilMs; at += random.exponential() * gapMs) each(at);
  }

  /** A population that waits for its answers asks less when they are late. */
  private offeredRps(second: number): number {
    const { users } = this.traffic;
    return users === undefined ? this.traffic.rps(second) : users.count / (users.thinkSeconds + this.answerMs / 1000);
  }
}
