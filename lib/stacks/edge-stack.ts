import { type Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type { Construct } from 'constructs';
import type { EdgeConfig } from '../config/edge-config';
import type { HomeOrigin } from '../constructs/edge/application-origins';
import { ContentDelivery, type ContentDeliveryProps } from '../constructs/edge/content-delivery';
import { EdgeAnalytics } from '../constructs/edge/edge-analytics';
import { EdgeRecords } from '../constructs/edge/edge-records';
import { StaticAssets } from '../constructs/edge/static-assets';
import type { WebAcl } from '../constructs/edge/web-acl';
import type { ReplicaName } from '../constructs/storage/replica-name';

const SITE = 'lib/constructs/edge/site';

export interface EdgeStackProps extends StackProps {
  readonly edge: EdgeConfig;
  readonly application: HomeOrigin;
  /** APIs of functions. */
  readonly apis: NonNullable<ContentDeliveryProps['apis']>;
  readonly webAcl: WebAcl;
  /** Certificate for the names of `edge.domain`; absent when there are none. */
  readonly certificate: acm.ICertificate | undefined;
  readonly keepAlive: Duration;
  /** The bucket in another region that gets the static files too, or `'none'`. */
  readonly assetsReplica: ReplicaName | 'none';
}

/** The public door: CDN, edge functions, static files, and the access log as a table. */
export class EdgeStack extends Stack {
  public readonly delivery: ContentDelivery;
  public readonly assets: StaticAssets;
  public readonly analytics: EdgeAnalytics;

  public constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    const { edge, certificate, assetsReplica } = props;
    this.assets = new StaticAssets(this, 'Assets', assetsReplica === 'none' ? {} : { replica: assetsReplica });
    this.delivery = new ContentDelivery(this, 'Delivery', {
      ...edge,
      ...(edge.domain === 'none' || certificate === undefined
        ? { domain: undefined }
        : { domain: { names: edge.domain.names, certificate } }),
      application: props.application,
      apis: props.apis,
      assets: this.assets.bucket,
      webAclArn: props.webAcl.webAclArn,
      keepAlive: props.keepAlive,
    });
    this.assets.release(this.delivery.distribution, {
      immutableFiles: `${SITE}/static`,
      entryFiles: `${SITE}/entry`,
      entryPaths: ['/maintenance/*'],
    });
    this.analytics = new EdgeAnalytics(this, 'Analytics', { retention: edge.logRetention });
    if (edge.domain !== 'none' && edge.domain.zone !== 'none') {
      const { names, zone } = edge.domain;
      new EdgeRecords(this, 'Records', { names, zone, distribution: this.delivery.distribution });
    }
  }
}
