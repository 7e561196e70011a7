const TO_UNIT = 2 ** -32;

/** xoshiro128** (Blackman and Vigna): small, fast, seeded. Equal seeds give equal numbers on every machine. */
export class Random {
  private readonly state = new Uint32Array(4);

  public constructor(seed: number) {
    // SplitMix32 spreads the seed, so that neighbouring seeds are unrelated.
    let mixed = seed >>> 0;
    for (let at = 0; at < 4; at++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.state[at] = word ^ (word >>> 15);
    }
  }

  /** 32 random bits. */
  public bits(): number {
    const state = this.state;
    const s1 = state[1] as number;
    const rotated = Math.imul(s1, 5);
    const result = Math.imul((rotated << 7) | (rotated >>> 25), 9);
    state[2] = (state[2] as number) ^ (state[0] as number);
    state[3] = (state[3] as number) ^ s1;
    state[1] = s1 ^ (state[2] as number);
    state[0] = (state[0] as number) ^ (state[3] as number);
    state[2] = (state[2] as number) ^ (s1 << 9);
    const s3 = state[3] as number;
    state[3] = (s3 << 11) | (s3 >>> 21);
    return result >>> 0;
  }

  /** Uniform in (0, 1), never 0 or 1. */
  public uniform(): number {
    return (this.bits() + 0.5) * TO_UNIT;
  }

  /** Whole number from 0 to `count` − 1. */
  public below(count: number): number {
    return Math.floor(this.bits() * TO_UNIT * count);
  }

  /** Exponential with mean 1. */
  public exponential(): number {
    return -Math.log(this.uniform());
  }

  /** Standard normal (Box–Muller). */
  public normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Lognormal with median 1. */
  public lognormal(sigma: number): number {
    return sigma === 0 ? 1 : Math.exp(sigma * this.normal());
  }

  /** Gamma with mean 1 and the given variance (Marsaglia and Tsang). */
  public gamma(variance: number): number {
    if (variance === 0) return 1;
    const shape = 1 / variance;
    const boosted = shape < 1 ? shape + 1 : shape;
    const d = boosted - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        const boost = shape < 1 ? this.uniform() ** (1 / shape) : 1;
        return (d * v * boost) / shape;
      }
    }
  }
}
