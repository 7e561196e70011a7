import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';

/** The application behind an internal load balancer in the region of the stack. */
export interface HomeOrigin {
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;

  /**
   * Host name on the certificate of the load balancer's HTTPS listener, or `'none'` when its listener speaks HTTP. The
   * traffic stays on AWS's network either way.
   */
  readonly tlsName: string;
}

/** The application in another region, as that region's VPC origin. */
export interface StandbyOrigin {
  readonly region: string;

  /** Id of the VPC origin, such as `vo_AbCdEf`. */
  readonly vpcOriginId: string;

  /** Host name of its load balancer. */
  readonly domainName: string;
}

export interface ApplicationOriginsProps {
  readonly application: HomeOrigin;

  /**
   * The application in other regions.
   *
   * @default - none
   */
  readonly standbys?: readonly StandbyOrigin[];

  /** Region of `application`. */
  readonly home: string;

  /** Whether one more cache in the home region collects what the edge locations miss. */
  readonly originShield: boolean;

  /** How long an idle connection to the application stays open. */
  readonly keepAlive: Duration;
}

/** The origins of the application, one per region, as all methods and as reads need them. */
export class ApplicationOrigins extends Construct {
  /** Ids of the origins by region, as the functions choose them. */
  public readonly ids: Readonly<Record<string, string>>;

  /** The VPC origin of the home region. */
  public readonly vpcOrigin: cloudfront.VpcOrigin;

  private readonly every = new Map<string, cloudfront.IOrigin>();
  private readonly reads = new Map<string, cloudfront.IOrigin>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ApplicationOriginsProps,
  ) {
    super(scope, id);
    const { application, home, standbys = [] } = props;
    this.vpcOrigin = new cloudfront.VpcOrigin(this, 'VpcOrigin', {
      endpoint: cloudfront.VpcOriginEndpoint.applicationLoadBalancer(application.loadBalancer),
      ...(application.tlsName === 'none'
        ? { protocolPolicy: cloudfront.OriginProtocolPolicy.HTTP_ONLY, httpPort: 80 }
        : {
            protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            httpsPort: 443,
            originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
          }),
    });
    const domainName =
      application.tlsName === 'none' ? application.loadBalancer.loadBalancerDnsName : application.tlsName;
    const all: readonly { region: string; origin: cloudfront.IVpcOrigin; domainName: string }[] = [
      { region: home, origin: this.vpcOrigin, domainName },
      ...standbys.map(({ region, vpcOriginId, domainName: name }) => ({
        region,
        origin: cloudfront.VpcOrigin.fromVpcOriginId(this, `Standby-${region}`, vpcOriginId),
        domainName: name,
      })),
    ];
    for (const { region, origin, domainName: name } of all)
      this.every.set(region, this.originOf(`app-${region}`, origin, name));
    this.ids = Object.fromEntries(all.map(({ region }) => [region, `app-${region}`]));
    this.addFailOver(all);
  }

  /** Takes every method. */
  public of(region = this.props.home): cloudfront.IOrigin {
    return this.must(this.every, region);
  }

  /** Takes reads only; they fail over to the first standby, if there is one. */
  public readsOf(region = this.props.home): cloudfront.IOrigin {
    return region === this.props.home ? (this.reads.get(region) ?? this.of(region)) : this.of(region);
  }

  /** A distribution renders an origin once per use in a group, so the members need ids of their own. */
  private addFailOver(all: readonly { region: string; origin: cloudfront.IVpcOrigin; domainName: string }[]): void {
    const [home, standby] = all.map(({ region, origin, domainName }) =>
      this.originOf(`app-${region}-reads`, origin, domainName),
    );
    if (home === undefined || standby === undefined) return;
    this.reads.set(
      this.props.home,
      new origins.OriginGroup({
        primaryOrigin: home,
        fallbackOrigin: standby,
        // Not 503: with it the application sheds load, and the standby must not inherit the flood.
        fallbackStatusCodes: [500, 502, 504],
      }),
    );
  }

  private originOf(originId: string, origin: cloudfront.IVpcOrigin, domainName: string): cloudfront.IOrigin {
    return origins.VpcOrigin.withVpcOrigin(origin, {
      originId,
      domainName,
      keepaliveTimeout: this.props.keepAlive,
      readTimeout: Duration.seconds(30),
      connectionAttempts: 2,
      connectionTimeout: Duration.seconds(3),
      ...(this.props.originShield ? { originShieldRegion: this.props.home } : { originShieldEnabled: false }),
    });
  }

  private must(known: ReadonlyMap<string, cloudfront.IOrigin>, region: string): cloudfront.IOrigin {
    const origin = known.get(region);
    if (origin === undefined) throw new Error(`no application origin in ${region}`);
    return origin;
  }
}
