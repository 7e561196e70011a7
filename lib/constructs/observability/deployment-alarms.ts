import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { LoadBalancer } from '../load-balancer/load-balancer';
import type { AlarmRow, MissingData } from './alarm-row';
import { fastestBurn } from './burn-rate';
import { availabilityObjective, type RequestObjectives } from './objectives';
import { rowAlarm } from './row-alarm';

export interface DeploymentAlarmsProps {
  /** What the old and the new version serve through. */
  readonly loadBalancer: LoadBalancer;

  /** What a release must live up to from its first minutes on. */
  readonly objectives: RequestObjectives;
}

const RUNBOOK = 'service-deployment-failed';
const NO_REQUESTS: MissingData = { counts: 'notBreaching', because: 'there are no requests' };

/**
 * Why ECS goes back to the version before: it looks at these alarms while a new one takes over, and at no other time do
 * they lead to anything (docs/decisions/0094). They watch the load balancer, not the service, which refers to them.
 */
export class DeploymentAlarms extends Construct {
  /** The alarms, for the service. */
  public readonly alarms: readonly cloudwatch.IAlarm[];

  public constructor(scope: Construct, id: string, { loadBalancer, objectives }: DeploymentAlarmsProps) {
    super(scope, id);
    const rows = [
      ...errorRows(loadBalancer, objectives.availability),
      latencyRow(loadBalancer, objectives.p95),
      unhealthyRow(loadBalancer),
    ];
    this.alarms = rows.map((row) =>
      rowAlarm(this, row, { severity: 'none', silent: `ECS goes back to the version before; ${RUNBOOK} tells it` }),
    );
  }
}

/** All requests, not those of the new version: the target groups swap their roles with each deployment. */
function errorRows(loadBalancer: LoadBalancer, goal: number): AlarmRow[] {
  const fastest = fastestBurn(availabilityObjective(loadBalancer, goal));
  if (fastest === undefined) return [];
  const { objective, burn, thresholdPercent, minRequests } = fastest;
  return [
    {
      id: 'deployment-errors',
      says: `${thresholdPercent} % of the requests fail while a version takes over: the budget burns ${burn} times too fast`,
      metric: objective.badPercent(Duration.minutes(1), minRequests),
      when: { atLeast: thresholdPercent },
      datapoints: [2, 2],
      severity: 'ticket',
      missing: NO_REQUESTS,
      runbook: RUNBOOK,
    },
  ];
}

function latencyRow(loadBalancer: LoadBalancer, p95: Duration): AlarmRow {
  return {
    id: 'deployment-latency',
    says: `One request in twenty takes longer than the objective of ${p95.toMilliseconds()} ms while a version takes over`,
    metric: loadBalancer.metricTargetResponseTime(),
    when: { above: p95.toMilliseconds() / 1000 },
    datapoints: [2, 2],
    severity: 'ticket',
    missing: NO_REQUESTS,
    fewSamples: 'ignore',
    runbook: RUNBOOK,
  };
}

/** By the letter of its documentation the circuit breaker counts failed tasks of rolling deployments only. */
function unhealthyRow(loadBalancer: LoadBalancer): AlarmRow {
  return {
    id: 'deployment-unhealthy',
    says: 'For five minutes there have been tasks that do not pass their health checks while a version takes over',
    metric: loadBalancer.metricUnhealthyHostCount(),
    when: { atLeast: 1 },
    datapoints: [5, 5],
    severity: 'ticket',
    missing: { counts: 'notBreaching', because: 'there are no targets' },
    runbook: RUNBOOK,
  };
}
