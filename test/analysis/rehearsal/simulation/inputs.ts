import { query, trackingPolicy } from '../../../../analysis/rehearsal/policies/building-blocks';
import type { ScalableTargetDefinition, ScalingPolicy } from '../../../../analysis/rehearsal/scaling/policy-definition';
import { DEFAULT_PARAMETERS } from '../../../../analysis/rehearsal/simulation/parameters';
import {
  DEFAULT_DEPLOYMENT,
  DEFAULT_SERVICE,
  DEFAULT_TARGET_GROUP,
  type SimulationInput,
} from '../../../../analysis/rehearsal/simulation/simulation-input';
import { steady } from '../../../../analysis/rehearsal/traffic/traffic';

export function service(policies: readonly ScalingPolicy[], min = 2, max = 20): ScalableTargetDefinition {
  return { name: 'service', minCapacity: min, maxCapacity: max, policies, schedules: [] };
}

export const CPU_50 = service([trackingPolicy('cpu', query('cpu'), 50)]);

/** 50 requests/s saturate a task; 100 requests/s for an hour unless told otherwise. */
export function input(given: Partial<SimulationInput> = {}): SimulationInput {
  return {
    traffic: steady(100, 3600),
    burstiness: 0,
    service: DEFAULT_SERVICE,
    targetGroup: { ...DEFAULT_TARGET_GROUP, healthCheckIntervalSeconds: 10, deregistrationDelaySeconds: 30 },
    deployment: DEFAULT_DEPLOYMENT,
    scaling: CPU_50,
    faults: [],
    parameters: DEFAULT_PARAMETERS,
    forecastModel: 'perfect-hour',
    startEpochSeconds: 0,
    slowMs: 200,
    ...given,
  };
}
