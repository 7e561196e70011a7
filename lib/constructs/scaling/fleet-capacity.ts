/** Traffic that an environment must be able to carry. */
export interface DeclaredTraffic {
  /** Mean requests in an hour, today. */
  readonly requestsPerHour: number;
  /** Highest minute of a normal day against its mean. */
  readonly peakToMean: number;
  /** Sudden multiple that must be survived. */
  readonly spikeFactor: number;
  /** Multiple of today's load after growth. */
  readonly growthFactor: number;
}

/** A fleet of equal tasks. */
export interface Fleet {
  readonly minTasks: number;
  readonly maxTasks: number;
  /** Requests per second that one task answers within the latency objective. */
  readonly capacityPerTask: number;
}

/** Requests per second at today's peak, in a spike on top of it, and at the peak after growth. */
export interface Demand {
  readonly peak: number;
  readonly spike: number;
  readonly growth: number;
}

/** What the declared traffic asks for, in requests per second. */
export function declaredDemand({ requestsPerHour, peakToMean, spikeFactor, growthFactor }: DeclaredTraffic): Demand {
  const peak = (requestsPerHour / 3600) * peakToMean;
  return { peak, spike: peak * spikeFactor, growth: peak * growthFactor };
}

/** Fewest tasks that answer `demand` requests per second. */
export function tasksFor(demand: number, capacityPerTask: number): number {
  // 300 / 100 must stay 3: a rounding error of the division is no task.
  return Math.ceil(demand / capacityPerTask - 1e-9);
}

/**
 * Why the largest fleet cannot carry the declared traffic, each with its arithmetic; none when it can. The owner's
 * maximum of ten tasks holds only where it fits (docs/decisions/0047).
 */
export function fleetProblems(traffic: DeclaredTraffic, { maxTasks, capacityPerTask }: Fleet): string[] {
  const { spike, growth } = declaredDemand(traffic);
  const base = `${traffic.requestsPerHour} requests per hour / 3600 × peak-to-mean ${traffic.peakToMean}`;
  const cases = [
    { name: 'spikeFactor', factor: traffic.spikeFactor, demand: spike },
    { name: 'growthFactor', factor: traffic.growthFactor, demand: growth },
  ];
  return cases
    .filter(({ demand }) => tasksFor(demand, capacityPerTask) > maxTasks)
    .map(
      ({ name, factor, demand }) =>
        `\`service.maxTasks\` must carry \`objectives.traffic.${name}\`: ${base} × ${factor} = ` +
        `${round(demand)} requests/s, but ${maxTasks} tasks × ${capacityPerTask} requests/s (\`scaling.capacityPerTask\`) ` +
        `= ${round(maxTasks * capacityPerTask)}; it takes ${tasksFor(demand, capacityPerTask)} tasks, or larger ones`,
    );
}

/**
 * Why a task of this memory can never look quiet enough to be removed, or exceeds the owner's limit for an idle task.
 *
 * @param memoryPercentBelow share of the memory below which tasks are removed
 */
export function memoryProblems(memoryMiB: number, baselineMemoryMiB: number, memoryPercentBelow: number): string[] {
  const atRest = (100 * baselineMemoryMiB) / memoryMiB;
  if (atRest < memoryPercentBelow) return [];
  const floor = Math.ceil((100 * baselineMemoryMiB) / memoryPercentBelow) + 1;
  return [
    `\`service.memoryMiB\` must leave an idle task below \`scaling.in.memoryPercentBelow\`: ${baselineMemoryMiB} MiB ` +
      `(\`scaling.baselineMemoryMiB\`) of ${memoryMiB} MiB are ${Math.round(atRest)} %, and tasks are removed below ` +
      `${memoryPercentBelow} %; it takes at least ${floor} MiB`,
  ];
}

const round = (value: number): number => Math.round(value * 10) / 10;
