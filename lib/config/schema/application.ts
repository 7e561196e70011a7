import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { DeploymentStrategy } from '../../constructs/container-service/deployment';
import { FARGATE_CPU_UNITS } from '../../constructs/container-service/task-size';
import type { TraceSampling } from '../../constructs/container-service/trace-collector';
import type { BalancingAlgorithm } from '../../constructs/load-balancer/target-group';
import { INTERFACE_ENDPOINTS, type NetworkSettings } from '../../constructs/network/platform-network';
import { boolean, type Check, duration, integer, list, noneOr, number, oneOf, shape, text, variant } from '../checks';
import type { LoadBalancerConfig, ServiceConfig } from '../platform-config';
import { type Kind, seconds } from './values';

export const network = shape<NetworkSettings>({
  cidr: text(/^(10|172|192)(\.\d{1,3}){3}\/1[6-9]$/, 'a private range such as 10.20.0.0/16'),
  natGateways: noneOr(integer(1, 3)),
  interfaceEndpoints: list(oneOf(...Object.keys(INTERFACE_ENDPOINTS)), 0, Object.keys(INTERFACE_ENDPOINTS).length),
  flowLogs: oneOf('all', 'rejected'),
});

const algorithm = variant({
  'round-robin': shape<Kind<BalancingAlgorithm, 'round-robin'>>({
    kind: oneOf('round-robin'),
    slowStart: noneOr(seconds(30, 900)),
  }),
  'least-outstanding-requests': shape<Kind<BalancingAlgorithm, 'least-outstanding-requests'>>({
    kind: oneOf('least-outstanding-requests'),
  }),
  'weighted-random': shape<Kind<BalancingAlgorithm, 'weighted-random'>>({
    kind: oneOf('weighted-random'),
    anomalyMitigation: boolean,
  }),
} satisfies Record<BalancingAlgorithm['kind'], Check>);

export const loadBalancer = shape<LoadBalancerConfig>({
  algorithm,
  stickiness: noneOr(seconds(1, 604_800)),
  deletionProtection: boolean,
  certificateArn: noneOr(
    text(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, 'the ARN of a certificate'),
  ),
});

const bakeTime = duration(Duration.minutes(0), Duration.hours(24));

const deployment = variant({
  rolling: shape<Kind<DeploymentStrategy, 'rolling'>>({ kind: oneOf('rolling') }),
  canary: shape<Kind<DeploymentStrategy, 'canary'>>({ kind: oneOf('canary'), stepPercent: number(0.1, 100), bakeTime }),
  linear: shape<Kind<DeploymentStrategy, 'linear'>>({ kind: oneOf('linear'), stepPercent: number(3, 100), bakeTime }),
  'blue-green': shape<Kind<DeploymentStrategy, 'blue-green'>>({ kind: oneOf('blue-green'), bakeTime }),
} satisfies Record<DeploymentStrategy['kind'], Check>);

export const service = shape<ServiceConfig>({
  cpu: oneOf(...FARGATE_CPU_UNITS),
  memoryMiB: integer(512, 122_880),
  minTasks: integer(1, 5000),
  maxTasks: integer(1, 5000),
  spotTasksInTen: integer(0, 9),
  deployment,
  logRetention: oneOf(...Object.values(RetentionDays).filter((days) => typeof days === 'number')),
  tracing: noneOr(shape<TraceSampling>({ samplePercent: number(0, 100) })),
  containerInsights: oneOf(...Object.values(ecs.ContainerInsights)),
});
