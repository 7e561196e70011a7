/** Load over time: what a trace or a scenario gives the simulation. */
export interface Traffic {
  readonly name: string;
  readonly durationSeconds: number;
  /** Requests per second offered in the second that begins at `second`. */
  rps(second: number): number;
  /**
   * A population that waits for its answers, instead of arrivals that do not.
   *
   * @default - open arrivals at `rps`
   */
  readonly users?: { readonly count: number; readonly thinkSeconds: number };
}

/** Constant load. */
export function steady(rps: number, durationSeconds: number): Traffic {
  return { name: `${rps} requests/s`, durationSeconds, rps: () => rps };
}

/** A rise to `factor` times the load, over `rampSeconds`, for `holdSeconds`, and back. */
export interface Surge {
  readonly startSeconds: number;
  readonly rampSeconds: number;
  readonly holdSeconds: number;
  readonly factor: number;
}

/** `base` with a surge on top. */
export function withSurge(base: Traffic, surge: Surge): Traffic {
  return { ...base, rps: (second) => base.rps(second) * surgeFactor(surge, second) };
}

function surgeFactor({ startSeconds, rampSeconds, holdSeconds, factor }: Surge, second: number): number {
  const into = second - startSeconds;
  const left = startSeconds + 2 * rampSeconds + holdSeconds - second;
  if (into < 0 || left < 0) return 1;
  const share = rampSeconds === 0 ? 1 : Math.min(1, into / rampSeconds, left / rampSeconds);
  return 1 + (factor - 1) * share;
}

/** `base` multiplied, and played `speed` times as fast without changing the rate. */
export function scaled(base: Traffic, factor: number, speed = 1): Traffic {
  return {
    ...base,
    durationSeconds: Math.floor(base.durationSeconds / speed),
    rps: (second) => base.rps(second * speed) * factor,
  };
}

/** The part of `base` between two seconds. */
export function slice(base: Traffic, fromSeconds: number, toSeconds: number): Traffic {
  const end = Math.min(toSeconds, base.durationSeconds);
  return { ...base, durationSeconds: Math.max(0, end - fromSeconds), rps: (second) => base.rps(fromSeconds + second) };
}

/** Highest and mean load, looked at once a minute. */
export function shapeOf(traffic: Traffic): { readonly meanRps: number; readonly peakRps: number } {
  let sum = 0;
  let peak = 0;
  let count = 0;
  for (let second = 30; second < Math.max(31, traffic.durationSeconds); second += 60, count++) {
    const rps = traffic.rps(second);
    sum += rps;
    peak = Math.max(peak, rps);
  }
  return { meanRps: sum / count, peakRps: peak };
}

/** Mean load of each hour, for forecasts. */
export function hourlyRps(traffic: Traffic): number[] {
  const hours = Math.ceil(traffic.durationSeconds / 3600);
  return Array.from({ length: hours }, (_, hour) => {
    const { meanRps } = shapeOf(slice(traffic, hour * 3600, (hour + 1) * 3600));
    return meanRps;
  });
}
