import { type Metrics, noMetrics } from '../telemetry/metrics';
import { Admission, type AdmissionLimits, type AdmissionState, OverloadedError } from './admission';

export interface LoadShedderOptions extends AdmissionLimits {
  /** @default - metrics go nowhere */
  readonly metrics?: Metrics;
}

/**
 * Keeps a process answering while more comes than it can do: a bounded number of requests is worked on, a bounded number
 * waits, and the rest gets a 503 with `Retry-After` at once. Health checks must not pass through here.
 */
export class LoadShedder {
  private readonly admission: Admission;
  private readonly metrics: Metrics;

  public constructor(options: LoadShedderOptions) {
    this.admission = new Admission(options);
    this.metrics = options.metrics ?? noMetrics;
  }

  public get state(): AdmissionState {
    return this.admission.state;
  }

  /** @throws OverloadedError when the request is shed */
  public async run<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /**
   * For requests whose end is an event rather than a promise.
   * @returns what gives the place back; calling it twice gives it back once
   * @throws OverloadedError when the request is shed
   */
  public async enter(): Promise<() => void> {
    try {
      await this.admission.enter();
    } catch (error) {
      if (error instanceof OverloadedError) this.metrics.count('shed_requests_total', { reason: error.reason });
      throw error;
    }
    const startedAt = performance.now();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.admission.leave(performance.now() - startedAt);
    };
  }
}
