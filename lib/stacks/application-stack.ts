import { Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { LoadBalancerConfig, ScalingConfig, ServiceConfig } from '../config/platform-config';
import { ContainerCluster } from '../constructs/container-service/container-cluster';
import { ContainerService } from '../constructs/container-service/container-service';
import { shiftsTraffic } from '../constructs/container-service/deployment';
import type { DataAccess } from '../constructs/data-access/data-access';
import type { BackgroundSettings } from '../constructs/jobs/background-settings';
import { BackgroundWork } from '../constructs/jobs/background-work';
import { LoadBalancer } from '../constructs/load-balancer/load-balancer';
import type { PlatformNetwork } from '../constructs/network/platform-network';
import { DeploymentAlarms } from '../constructs/observability/deployment-alarms';
import type { RequestObjectives } from '../constructs/observability/objectives';
import { ScalingEvents } from '../constructs/scaling/scaling-events';
import { ServiceScaling } from '../constructs/scaling/service-scaling';
import type { ServiceKeys } from '../constructs/secrets/service-keys';
import { ServerlessApi, type ServerlessApiSettings } from '../constructs/serverless-api/serverless-api';
import { type WebhookSettings, WebhookWorkers } from '../constructs/webhooks/webhook-workers';
import { pinReferences } from '../shared/references';
import { type TimeoutChain, timeoutEnvironment } from '../shared/timeout-chain';

const PORT = 8080;
const IMAGE_USER = '65532:65532';

export interface ApplicationStackProps extends StackProps {
  readonly network: PlatformNetwork;
  readonly data: DataAccess;
  readonly connectionsPerEndpoint: number;
  readonly keys: ServiceKeys;
  readonly loadBalancer: LoadBalancerConfig;
  readonly service: ServiceConfig;
  readonly scaling: ScalingConfig;
  readonly background: BackgroundSettings;
  readonly serverlessApi: ServerlessApiSettings;
  readonly webhooks: WebhookSettings | 'none';
  readonly timeouts: TimeoutChain;
  /** What a release must live up to, or ECS takes it back. */
  readonly objectives: RequestObjectives;
  /** CloudWatch namespace of everything that the environment's own code reports. */
  readonly metricsNamespace: string;
  /** Prefix list that CloudFront's VPC origins come from; nobody else reaches the load balancer. */
  readonly originPrefixList: string;
}

/** What serves requests: the load balancer and the containers behind it. Stateless; may be thrown away and made again. */
export class ApplicationStack extends Stack {
  public readonly loadBalancer: LoadBalancer;
  public readonly service: ContainerService;
  public readonly scalingEvents: ScalingEvents;
  public readonly background: BackgroundWork;
  public readonly serverlessApi: ServerlessApi;
  /** Absent in an environment that delivers no webhooks. */
  public readonly webhooks: WebhookWorkers | undefined;

  public constructor(scope: Construct, id: string, props: ApplicationStackProps) {
    super(scope, id, props);
    pinReferences(this);
    const { network, data, connectionsPerEndpoint, timeouts } = props;
    const place = { vpc: network.vpc, vpcSubnets: network.privateSubnets };

    this.loadBalancer = new LoadBalancer(this, 'LoadBalancer', {
      ...props.loadBalancer,
      ...certificate(this, props.loadBalancer.certificateArn),
      ...place,
      idleTimeout: timeouts.loadBalancerIdle,
      deregistrationDelay: timeouts.deregistrationDelay,
      targetPort: PORT,
      shiftsTraffic: shiftsTraffic(props.service.deployment),
    });

    // A VPC origin comes from inside the VPC with addresses of this list; the load balancer has no others:
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    this.loadBalancer.listener.connections.allowDefaultPortFrom(
      ec2.Peer.prefixList(props.originPrefixList),
      'CloudFront reaches the application through its VPC origin',
    );

    const { cluster } = new ContainerCluster(this, 'Cluster', {
      vpc: network.vpc,
      containerInsights: props.service.containerInsights,
    });

    const { alarms: deploymentAlarms } = new DeploymentAlarms(this, 'DeploymentAlarms', {
      loadBalancer: this.loadBalancer,
      objectives: props.objectives,
    });
    const image = ecs.ContainerImage.fromAsset('dist/service', { platform: ecrAssets.Platform.LINUX_ARM64 });
    this.service = new ContainerService(this, 'Service', {
      ...props.service,
      cluster,
      vpcSubnets: network.privateSubnets,
      target: this.loadBalancer.target,
      port: PORT,
      image,
      user: IMAGE_USER,
      healthCheckCommand: ['/usr/local/bin/node', '/app/health-check.js'],
      stopTimeout: timeouts.stopTimeout,
      deploymentAlarms,
      highResolutionMetrics: props.scaling.trackers.length + props.scaling.bursts.length > 0,
      environment: {
        ...timeoutEnvironment(timeouts),
        METRICS_NAMESPACE: props.metricsNamespace,
        ...data.environment({ connectionsPerEndpoint }),
      },
    });
    props.keys.addTo(this.service.container);
    data.connect({
      name: 'service',
      connectable: this.service,
      grantee: this.service.service.taskDefinition.taskRole,
      processes: props.service.maxTasks,
      connectionsPerEndpoint,
    });

    new ServiceScaling(this, 'Scaling', {
      ...props.scaling,
      service: this.service,
      loadBalancer: this.loadBalancer,
      minTasks: props.service.minTasks,
      maxTasks: props.service.maxTasks,
    });

    this.scalingEvents = new ScalingEvents(this, 'ScalingEvents', {
      service: this.service.service,
      label: 'web',
      metricsNamespace: props.metricsNamespace,
      logRetention: props.service.logRetention,
    });

    const behind = {
      ...props,
      cluster,
      image,
      user: IMAGE_USER,
      network: place,
      vpcSubnets: network.privateSubnets,
      logRetention: props.service.logRetention,
    };
    this.background = new BackgroundWork(this, 'Background', { ...behind, ...props.background });
    this.serverlessApi = new ServerlessApi(this, 'ServerlessApi', { ...behind, ...props.serverlessApi });
    this.webhooks =
      props.webhooks === 'none' ? undefined : new WebhookWorkers(this, 'Webhooks', { ...behind, ...props.webhooks });
  }
}

function certificate(scope: Construct, arn: string): { certificate?: acm.ICertificate } {
  return arn === 'none' ? {} : { certificate: acm.Certificate.fromCertificateArn(scope, 'Certificate', arn) };
}
