import type { Duration } from 'aws-cdk-lib';
import type { LoadBalancer } from '../load-balancer/load-balancer';
import type { Objective } from './burn-rate';

export interface RequestObjectives {
  /** Share of requests that succeed, between 0 and 1. */
  readonly availability: number;
  /** Longest that 95 % of the requests may take. */
  readonly p95: Duration;
}

/** A 95th percentile within a limit is 95 % of the requests within it. */
const LATENCY_GOAL = 0.95;

/** What is promised of requests, measured where the load balancer sees them. */
export function requestObjectives(loadBalancer: LoadBalancer, { availability, p95 }: RequestObjectives): Objective[] {
  return [
    availabilityObjective(loadBalancer, availability),
    {
      id: 'latency',
      verb: `take longer than ${p95.toMilliseconds()} ms`,
      goal: LATENCY_GOAL,
      badPercent: (period, minRequests) => loadBalancer.metricSlowPercent(p95, minRequests, { period }),
    },
  ];
}

/** That requests succeed. */
export function availabilityObjective(loadBalancer: LoadBalancer, goal: number): Objective {
  return {
    id: 'availability',
    verb: 'fail',
    goal,
    badPercent: (period, minRequests) => loadBalancer.metricErrorPercent(minRequests, { period }),
  };
}
