import type { Rehearsal } from '../rehearse';

/** A limit that growing load reaches, and when. */
export interface Ceiling {
  readonly ceiling: string;
  /** Load at which it is reached, in requests per second at the highest minute. */
  readonly atPeakRps: number;
  /** Multiple of today's load. */
  readonly growth: number;
  /** Months from now; infinite without growth. */
  readonly months: number;
  readonly remedy: string;
}

/** What bounds the platform. */
export interface Limits {
  readonly maxTasks: number;
  readonly taskCapacityRps: number;
  /** Utilisation above which the objectives do not hold any more, 0 to 1. */
  readonly usableShare: number;
  readonly maxReaders: number | undefined;
  /** Queries per second one reader answers. */
  readonly readerCapacity: number;
  readonly hitRatio: number;
  /** Highest minute today, in requests per second. */
  readonly peakRps: number;
  readonly spikeFactor: number;
  /** Growth of the load per month, such as 0.1. */
  readonly monthlyGrowth: number;
}

/** When which ceiling is hit, the nearest first. */
export function growthPlan(limits: Limits): Ceiling[] {
  const { maxTasks, taskCapacityRps, usableShare, maxReaders, readerCapacity, hitRatio, peakRps, spikeFactor } = limits;
  const tasks = maxTasks * taskCapacityRps * usableShare;
  const readers =
    maxReaders === undefined ? Number.POSITIVE_INFINITY : (maxReaders * readerCapacity * usableShare) / (1 - hitRatio);
  const rows = [
    {
      ceiling: `${maxTasks} tasks in the highest minute`,
      atPeakRps: tasks,
      remedy: 'raise the maximum of tasks, or the size of a task',
    },
    {
      ceiling: `${maxTasks} tasks in a spike of ${spikeFactor.toFixed(1)} times the highest minute`,
      atPeakRps: tasks / spikeFactor,
      remedy: 'raise the maximum of tasks, or cache and queue more of the spike',
    },
    {
      ceiling: `${maxReaders} database readers`,
      atPeakRps: readers,
      remedy: 'more or larger readers, or a higher hit ratio',
    },
  ];
  return rows
    .filter(({ atPeakRps }) => Number.isFinite(atPeakRps))
    .map((row) => {
      const growth = row.atPeakRps / peakRps;
      return { ...row, growth, months: growth <= 1 ? 0 : Math.log(growth) / Math.log(1 + limits.monthlyGrowth) };
    })
    .sort((a, b) => a.months - b.months);
}

/** The highest utilisation at which a rehearsal's objectives still held: its p95 at most, with the tasks it had. */
export function usableShareOf(rehearsals: readonly Rehearsal[], taskCapacityRps: number): number {
  const shares = rehearsals.flatMap(({ shown, verdict }) =>
    verdict.holds
      ? shown.rows.map((row) => row.requests / row.seconds / Math.max(1, row.running) / taskCapacityRps)
      : [],
  );
  return Math.min(0.9, Math.max(0.5, ...shares));
}
