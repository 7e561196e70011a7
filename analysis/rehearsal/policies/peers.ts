import type { ScalingPolicy } from '../scaling/policy-definition';
import { query, trackingPolicy } from './building-blocks';

/** What others ship or recommend, as policies on the same service. */
export interface PeerPolicy {
  readonly name: string;
  /** Where the numbers come from. */
  readonly source: string;
  readonly policies: readonly ScalingPolicy[];
}

const CPU = query('cpu');
const MEMORY = query('memory');

/** Defaults of the peers. Bounds are left out: a comparison gives every policy the same ones. */
export const PEERS: readonly PeerPolicy[] = [
  {
    name: 'CDK CPU 50',
    source: 'aws-cdk-lib 2.276 README of aws-ecs: scaleOnCpuUtilization 50, cool-downs left out (300/300)',
    policies: [trackingPolicy('cpu', CPU, 50)],
  },
  {
    name: 'terraform-aws-modules 75/75',
    source: 'terraform-aws-modules/ecs modules/service/variables.tf: CPU and memory 75, 300 in, 60 out',
    policies: [
      trackingPolicy('cpu', CPU, 75, { scaleOutCooldownSeconds: 60 }),
      trackingPolicy('memory', MEMORY, 75, { scaleOutCooldownSeconds: 60 }),
    ],
  },
  {
    name: 'SST 70/70',
    source: 'anomalyco/sst platform/src/components/aws/service.ts: CPU and memory 70, 300/300',
    policies: [trackingPolicy('cpu', CPU, 70), trackingPolicy('memory', MEMORY, 70)],
  },
  {
    name: 'Copilot 70',
    source: 'copilot-cli templates/workloads/partials/cf/autoscaling.yml: user target (70), 120 in, 60 out',
    policies: [trackingPolicy('cpu', CPU, 70, { scaleInCooldownSeconds: 120, scaleOutCooldownSeconds: 60 })],
  },
  {
    name: 'AWS documentation 75 + 1000',
    source: 'ECS developer guide, service-configure-auto-scaling: CPU 75 and 1000 requests per target and minute',
    policies: [
      trackingPolicy('cpu', CPU, 75),
      trackingPolicy('requests', query('request-count-per-target', 'Sum'), 1000),
    ],
  },
  {
    name: '20-second CPU 60',
    source: 'containers-roadmap#2113: high-resolution target tracking',
    policies: [trackingPolicy('cpu', query('cpu', 'Average', 20), 60, { scaleOutCooldownSeconds: 30 })],
  },
];
