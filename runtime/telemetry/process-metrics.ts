import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { MetricsAggregator } from './aggregator';
import type { Metrics } from './metrics';

export interface ProcessMetricsOptions {
  /**
   * CPUs that the process may use, such as 0.5 for half a vCPU.
   * @default - those that the operating system offers
   */
  readonly cpus?: number;
  /**
   * Memory that the process may use, in bytes: the limit of its container.
   * @default - the limit of its control group, or all of the machine's memory
   */
  readonly memoryLimitBytes?: number;
}

const RESOURCE = 'resource_utilization_percent';

/** Reports CPU, memory and event-loop utilization of this process with every flush. Returns what ends that. */
export function reportProcess(aggregator: MetricsAggregator, options: ProcessMetricsOptions = {}): () => void {
  const cpus = options.cpus ?? availableParallelism();
  const memoryLimitBytes = options.memoryLimitBytes ?? process.constrainedMemory();
  let cpuBefore = process.cpuUsage();
  let loopBefore = performance.eventLoopUtilization();
  let before = performance.now();
  return aggregator.onFlush((metrics: Metrics) => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(cpuBefore);
    const loop = performance.eventLoopUtilization(loopBefore);
    const cpuMs = (user + system) / 1_000;
    metrics.gauge(RESOURCE, { resource_type: 'cpu' }, (100 * cpuMs) / Math.max(1, now - before) / cpus);
    metrics.gauge(RESOURCE, { resource_type: 'event_loop' }, 100 * loop.utilization);
    if (memoryLimitBytes > 0) {
      metrics.gauge(RESOURCE, { resource_type: 'memory' }, (100 * process.memoryUsage.rss()) / memoryLimitBytes);
    }
    cpuBefore = process.cpuUsage();
    loopBefore = performance.eventLoopUtilization();
    before = now;
  });
}
