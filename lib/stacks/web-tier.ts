import type { Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { LoadBalancerConfig, ScalingConfig, ServiceConfig } from '../config/platform-config';
import { ContainerCluster } from '../constructs/container-service/container-cluster';
import { ContainerService } from '../constructs/container-service/container-service';
import { shiftsTraffic } from '../constructs/container-service/deployment';
import type { DataAccess } from '../constructs/data-access/data-access';
import { LoadBalancer } from '../constructs/load-balancer/load-balancer';
import type { PlatformNetwork } from '../constructs/network/platform-network';
import { DeploymentAlarms } from '../constructs/observability/deployment-alarms';
import type { RequestObjectives } from '../constructs/observability/objectives';
import { ScalingEvents } from '../constructs/scaling/scaling-events';
import { ServiceScaling } from '../constructs/scaling/service-scaling';
import type { ServiceKeys } from '../constructs/secrets/service-keys';
import { type TimeoutChain, timeoutEnvironment } from '../shared/timeout-chain';

const PORT = 8080;
const IMAGE_USER = '65532:65532';

/** What serves pages, and what it is made of. */
export interface WebTierProps {
  readonly network: PlatformNetwork;
  readonly data: DataAccess;
  readonly connectionsPerEndpoint: number;
  readonly keys: ServiceKeys;
  readonly loadBalancer: LoadBalancerConfig;
  readonly service: ServiceConfig;
  readonly scaling: ScalingConfig;
  readonly timeouts: TimeoutChain;
  /** What a release must live up to, or ECS takes it back. */
  readonly objectives: RequestObjectives;
  /** CloudWatch namespace of everything that the environment's own code reports. */
  readonly metricsNamespace: string;
  /** Prefix list that CloudFront's VPC origins come from; nobody else reaches the load balancer. */
  readonly originPrefixList: string;
}

/** The load balancer and the containers behind it, with what others need to run beside them. */
export interface WebTier {
  readonly loadBalancer: LoadBalancer;
  readonly service: ContainerService;
  readonly scalingEvents: ScalingEvents;
  /** Where and as what programs of the same image run. */
  readonly program: {
    readonly cluster: ecs.ICluster;
    readonly image: ecs.ContainerImage;
    readonly user: string;
  };
}

/**
 * Adds the web tier to `stack`. A function and no construct, because a construct would give all of it other names: the
 * load balancer would be made anew.
 */
export function addWebTier(stack: Stack, props: WebTierProps): WebTier {
  const { network, timeouts } = props;
  const loadBalancer = addLoadBalancer(stack, props);
  const { cluster } = new ContainerCluster(stack, 'Cluster', {
    vpc: network.vpc,
    containerInsights: props.service.containerInsights,
  });
  const image = ecs.ContainerImage.fromAsset('dist/service', { platform: ecrAssets.Platform.LINUX_ARM64 });
  const program = { cluster, image, user: IMAGE_USER };
  const { alarms: deploymentAlarms } = new DeploymentAlarms(stack, 'DeploymentAlarms', { ...props, loadBalancer });
  const service = new ContainerService(stack, 'Service', {
    ...props.service,
    ...program,
    vpcSubnets: network.privateSubnets,
    target: loadBalancer.target,
    port: PORT,
    healthCheckCommand: ['/usr/local/bin/node', '/app/health-check.js'],
    stopTimeout: timeouts.stopTimeout,
    deploymentAlarms,
    highResolutionMetrics: props.scaling.trackers.length + props.scaling.bursts.length > 0,
    environment: {
      ...timeoutEnvironment(timeouts),
      METRICS_NAMESPACE: props.metricsNamespace,
      ...props.data.environment(props),
    },
  });
  connect(service, props);
  return { loadBalancer, service, scalingEvents: addScaling(stack, props, { loadBalancer, service }), program };
}

function addLoadBalancer(stack: Stack, { network, timeouts, loadBalancer, ...props }: WebTierProps): LoadBalancer {
  const { certificateArn } = loadBalancer;
  const made = new LoadBalancer(stack, 'LoadBalancer', {
    ...loadBalancer,
    ...(certificateArn !== 'none' && {
      certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', certificateArn),
    }),
    vpc: network.vpc,
    vpcSubnets: network.privateSubnets,
    idleTimeout: timeouts.loadBalancerIdle,
    deregistrationDelay: timeouts.deregistrationDelay,
    targetPort: PORT,
    shiftsTraffic: shiftsTraffic(props.service.deployment),
  });
  made.letCloudFrontIn(props.originPrefixList);
  return made;
}

/** Lets the tasks come to the data, with the keys that they need. */
function connect(service: ContainerService, { keys, data, connectionsPerEndpoint, ...props }: WebTierProps): void {
  keys.addTo(service.container);
  data.connect({
    name: 'service',
    connectable: service,
    grantee: service.service.taskDefinition.taskRole,
    processes: props.service.maxTasks,
    connectionsPerEndpoint,
  });
}

function addScaling(
  stack: Stack,
  { scaling, service, metricsNamespace }: WebTierProps,
  made: Pick<WebTier, 'loadBalancer' | 'service'>,
): ScalingEvents {
  const { minTasks, maxTasks, logRetention } = service;
  new ServiceScaling(stack, 'Scaling', { ...scaling, ...made, minTasks, maxTasks });
  return new ScalingEvents(stack, 'ScalingEvents', {
    service: made.service.service,
    label: 'web',
    metricsNamespace,
    logRetention,
  });
}
