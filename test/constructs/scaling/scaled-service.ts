import { Duration, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ContainerCluster } from '../../../lib/constructs/container-service/container-cluster';
import { ContainerService } from '../../../lib/constructs/container-service/container-service';
import type { DeploymentStrategy } from '../../../lib/constructs/container-service/deployment';
import { LoadBalancer } from '../../../lib/constructs/load-balancer/load-balancer';
import { SCALING_PRESETS } from '../../../lib/constructs/scaling/scaling-presets';
import { ServiceScaling, type ServiceScalingProps } from '../../../lib/constructs/scaling/service-scaling';
import { newStack, newVpc } from '../synthesized-template';

export interface ScaledService {
  readonly template: Template;
  readonly scaling: ServiceScaling;
}

/** A canary-deployed service of 2 to 10 tasks, 100 requests/s each, scaled by the `required` preset unless `props` say otherwise. */
export function scaledService(
  props: Partial<ServiceScalingProps> = {},
  deployment: DeploymentStrategy = { kind: 'canary', stepPercent: 10, bakeTime: Duration.minutes(5) },
): ScaledService {
  const stack = newStack();
  const bounds = { minTasks: props.minTasks ?? 2, maxTasks: props.maxTasks ?? 10 };
  const { service, loadBalancer } = serviceIn(stack, deployment, bounds);
  const scaling = new ServiceScaling(stack, 'Scaling', {
    ...SCALING_PRESETS.required,
    capacityPerTask: 100,
    ...bounds,
    service,
    loadBalancer,
    ...props,
  });
  return { template: Template.fromStack(stack), scaling };
}

/** A service of the platform behind its load balancer. */
export function serviceIn(
  stack: Stack,
  deployment: DeploymentStrategy,
  bounds: { minTasks: number; maxTasks: number },
) {
  const vpc = newVpc(stack);
  const vpcSubnets = { subnetGroupName: 'private' };
  const loadBalancer = new LoadBalancer(stack, 'LoadBalancer', {
    vpc,
    vpcSubnets,
    targetPort: 8080,
    idleTimeout: Duration.seconds(65),
    deregistrationDelay: Duration.seconds(30),
    deletionProtection: false,
    stickiness: 'none',
    algorithm: { kind: 'least-outstanding-requests' },
    shiftsTraffic: deployment.kind !== 'rolling',
  });
  const service = new ContainerService(stack, 'Service', {
    cpu: 1024,
    memoryMiB: 2048,
    ...bounds,
    spotTasksInTen: 0,
    tracing: 'none',
    deployment,
    logRetention: RetentionDays.ONE_WEEK,
    port: 8080,
    user: '65532:65532',
    healthCheckCommand: ['/node', '/health-check.js'],
    stopTimeout: Duration.seconds(60),
    cluster: new ContainerCluster(stack, 'Cluster', { vpc }).cluster,
    vpcSubnets,
    target: loadBalancer.target,
    image: ecs.ContainerImage.fromRegistry('example/image'),
  });
  return { service, loadBalancer };
}
