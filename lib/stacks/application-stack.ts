import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ContainerService } from '../constructs/container-service/container-service';
import type { BackgroundSettings } from '../constructs/jobs/background-settings';
import { BackgroundWork } from '../constructs/jobs/background-work';
import type { LoadBalancer } from '../constructs/load-balancer/load-balancer';
import type { ScalingEvents } from '../constructs/scaling/scaling-events';
import { ServerlessApi, type ServerlessApiSettings } from '../constructs/serverless-api/serverless-api';
import { type WebhookSettings, WebhookWorkers } from '../constructs/webhooks/webhook-workers';
import { pinReferences } from '../shared/references';
import { addWebTier, type WebTierProps } from './web-tier';

export interface ApplicationStackProps extends StackProps, WebTierProps {
  readonly background: BackgroundSettings;
  readonly serverlessApi: ServerlessApiSettings;
  readonly webhooks: WebhookSettings | 'none';
}

/** What serves requests, and what works behind them. Stateless; may be thrown away and made again. */
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
    const { vpc, privateSubnets: vpcSubnets } = props.network;
    const { loadBalancer, service, scalingEvents, program } = addWebTier(this, props);
    this.loadBalancer = loadBalancer;
    this.service = service;
    this.scalingEvents = scalingEvents;

    const { logRetention } = props.service;
    const behind = { ...props, ...program, network: { vpc, vpcSubnets }, vpcSubnets, logRetention };
    this.background = new BackgroundWork(this, 'Background', { ...behind, ...props.background });
    this.serverlessApi = new ServerlessApi(this, 'ServerlessApi', { ...behind, ...props.serverlessApi });
    this.webhooks =
      props.webhooks === 'none' ? undefined : new WebhookWorkers(this, 'Webhooks', { ...behind, ...props.webhooks });
  }
}
