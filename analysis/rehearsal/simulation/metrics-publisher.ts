import type { Measure } from '../alarms/alarm-definition';
import type { LatencyHistogram } from '../queueing/latency-histogram';
import { gauge, type MetricStore, type Sample } from './metric-store';

/** Resolutions at which ECS publishes CPU and memory. */
const RESOLUTIONS = [60, 20] as const;

/** Adds samples of an interval up. */
class Accumulator implements Sample {
  public sum = 0;
  public count = 0;
  public min = Number.POSITIVE_INFINITY;
  public max = Number.NEGATIVE_INFINITY;

  public add(value: number): void {
    this.sum += value;
    this.count += 1;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  public take(): Sample {
    const { sum, count, min, max } = this;
    this.sum = 0;
    this.count = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    return { sum, count, min, max };
  }
}

/** Turns what happens second by second into the datapoints of ECS and of the load balancer. */
export class MetricsPublisher {
  /** Mean CPU of the last whole minute, for the report. */
  public cpuPercent = 0;
  private readonly tasks = RESOLUTIONS.map((resolution) => ({
    resolution,
    cpu: new Accumulator(),
    memory: new Accumulator(),
  }));

  public constructor(
    private readonly store: MetricStore,
    private readonly requestCountZeros: boolean,
  ) {}

  /** One second of one running task. */
  public task(cpuPercent: number, memoryPercent: number): void {
    for (const { cpu, memory } of this.tasks) {
      cpu.add(cpuPercent);
      memory.add(memoryPercent);
    }
  }

  /** Publishes the ECS metrics of the intervals that end at `now`, unless they are lost on the way. */
  public publishTasks(now: number, lost: boolean): void {
    for (const { resolution, cpu, memory } of this.tasks) {
      if (now % resolution !== 0) continue;
      const used = cpu.take();
      const held = memory.take();
      if (resolution === 60) this.cpuPercent = used.count === 0 ? 0 : used.sum / used.count;
      if (lost || used.count === 0) continue;
      this.store.put('cpu', resolution, now - resolution, used);
      this.store.put('memory', resolution, now - resolution, held);
    }
  }

  /** Publishes the load balancer's minute that ends at `now`. */
  public publishBalancer(
    now: number,
    minute: {
      readonly latencies: LatencyHistogram;
      readonly unanswered: number;
      readonly healthy: number;
      readonly running: number;
    },
  ): void {
    const { latencies, unanswered, healthy, running } = minute;
    const start = now - 60;
    const put = (measure: Measure, value: Sample) => this.store.put(measure, 60, start, value);
    put('running-tasks', gauge(running));
    put('healthy-hosts', gauge(healthy));
    const requests = latencies.total + unanswered;
    if (requests === 0) {
      if (this.requestCountZeros) put('request-count-per-target', gauge(0));
      return;
    }
    put('request-count', { sum: requests, count: requests, min: 1, max: 1 });
    put('request-count-per-target', gauge(requests / Math.max(1, healthy)));
    if (unanswered > 0) put('target-errors', { sum: unanswered, count: unanswered, min: 1, max: 1 });
    if (latencies.total === 0) return;
    const seconds = (share: number) => (latencies.quantile(share) ?? 0) / 1000;
    put('response-time', { sum: latencies.sumMs / 1000, count: latencies.total, min: seconds(0), max: seconds(1) });
    this.store.putLatencies(start, latencies);
  }
}
