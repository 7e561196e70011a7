import { Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { assertNoProblems, secondsInRange } from '../../shared/validation';
import { type ApiOrigin, ApiOrigins, apiProblems } from './api-origins';
import { ApplicationOrigins, type HomeOrigin, type StandbyOrigin } from './application-origins';
import { type ApiName, type Behaviour, EVERYTHING_ELSE } from './behaviour';
import { type BehaviourParts, behaviourOptions } from './behaviour-options';
import { behaviourProblems } from './behaviour-problems';
import { CachePolicies, VARIANT_HEADER } from './cache-policies';
import { EdgeFunctions } from './edge-functions';

/** Host names of the site and the certificate for them. */
export interface EdgeDomain {
  /** Host names, the canonical one first. */
  readonly names: readonly string[];

  /** Certificate for all of them, in us-east-1. */
  readonly certificate: acm.ICertificate;
}

/** What an environment decides about its distribution. */
export interface ContentDeliverySettings {
  /** Where edge locations are used, hence paid for. */
  readonly priceClass: cloudfront.PriceClass;

  /** Whether one more cache in the home region collects what the edge locations miss. */
  readonly originShield: boolean;

  /** Whether CloudFront measures hit ratio, origin latency and errors by status; billed per metric. */
  readonly additionalMetrics: boolean;
}

export interface ContentDeliveryProps extends ContentDeliverySettings {
  /** The application in this stack's region. */
  readonly application: HomeOrigin;

  /**
   * The application in other regions: reads fail over to the first, and operators can switch to any of them.
   *
   * @default - none
   */
  readonly standbys?: readonly StandbyOrigin[];

  /**
   * APIs of functions, for rows that name one.
   *
   * @default - none
   */
  readonly apis?: Readonly<Partial<Record<ApiName, ApiOrigin>>>;

  /** Bucket with the static files, `/maintenance/503.html` among them. */
  readonly assets: s3.IBucket;

  /** How paths are answered, in the order of evaluation; the last row is {@link EVERYTHING_ELSE}. */
  readonly behaviours: readonly Behaviour[];

  /** ARN of the web ACL, in us-east-1. */
  readonly webAclArn: string;

  /**
   * Host names of the site.
   *
   * @default - the name that CloudFront gives
   */
  readonly domain?: EdgeDomain;

  /** How long an idle connection to the application stays open. */
  readonly keepAlive: Duration;

  /**
   * Policy for HTML documents that the application sends without one.
   *
   * @default - everything from the site itself, no plug-ins, no frames
   */
  readonly contentSecurityPolicy?: string;

  /**
   * Cookie with the signed token, for rows that require one.
   *
   * @default - rows must not require a token
   */
  readonly tokenCookie?: string;
}

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";
const MAINTENANCE_PAGE = '/maintenance/503.html';

/** The only public door: a distribution in front of the application and the static files. */
export class ContentDelivery extends Construct {
  /** The underlying distribution. */
  public readonly distribution: cloudfront.Distribution;

  /** The functions that run for every request, and their key-value store. */
  public readonly functions: EdgeFunctions;

  public constructor(scope: Construct, id: string, props: ContentDeliveryProps) {
    super(scope, id);
    const home = Stack.of(this).region;
    const regions = [home, ...(props.standbys ?? []).map(({ region }) => region)];
    assertNoProblems(this, [
      ...behaviourProblems(props.behaviours, regions, [VARIANT_HEADER]),
      ...regionProblems(regions),
      ...certificateProblems(props.domain),
      ...secondsInRange('keepAlive', props.keepAlive, 1, 300),
      ...apiProblems(props.behaviours, props.apis ?? {}),
    ]);

    const policies = new CachePolicies(this, 'Policies');
    const application = new ApplicationOrigins(this, 'Application', { ...props, home });
    const apis = new ApiOrigins({ apis: props.apis ?? {}, keepAlive: props.keepAlive });
    const assets = origins.S3BucketOrigin.withOriginAccessControl(props.assets, {
      originId: 'assets',
      originAccessControl: new cloudfront.S3OriginAccessControl(this, 'AssetsAccess', {
        signing: cloudfront.Signing.SIGV4_ALWAYS,
      }),
      originAccessLevels: [cloudfront.AccessLevel.READ],
    });
    this.functions = new EdgeFunctions(this, 'Functions', {
      behaviours: props.behaviours,
      origins: application.ids,
      home,
      canonicalHosts: props.domain?.names ?? [],
      contentSecurityPolicy: props.contentSecurityPolicy ?? CONTENT_SECURITY_POLICY,
      ...(props.tokenCookie === undefined ? {} : { tokenCookie: props.tokenCookie }),
    });
    this.distribution = this.addDistribution(props, {
      policies,
      functions: this.functions,
      application,
      apis,
      assets,
    });
    this.invalidateByTag();
    this.acknowledge(props);
  }

  /** Requests of viewers. Sum over 5 minutes. */
  public metricRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.distribution.metricRequests(this.global(options));
  }

  /** Share of cacheable requests that the cache answered, in percent. Needs `additionalMetrics`. */
  public metricCacheHitRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.distribution.metricCacheHitRate(this.global(options));
  }

  /** Time until the first byte of the origin, in milliseconds. Needs `additionalMetrics`. */
  public metricOriginLatency(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.distribution.metricOriginLatency(this.global(options));
  }

  /** Share of requests that failed with 5xx, in percent. */
  public metric5xxErrorRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.distribution.metric5xxErrorRate(this.global(options));
  }

  /**
   * CloudFront reports from one region, wherever the stack is, and only under both dimensions; the L2 leaves `Region` out:
   * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
   */
  private global(options?: cloudwatch.MetricOptions): cloudwatch.MetricOptions {
    const dimensionsMap = { DistributionId: this.distribution.distributionId, Region: 'Global' };
    return { region: 'us-east-1', dimensionsMap, ...options };
  }

  private addDistribution(props: ContentDeliveryProps, parts: BehaviourParts): cloudfront.Distribution {
    const others = props.behaviours.slice(0, -1);
    const rest = props.behaviours.at(-1) ?? { kind: 'personal-answers', path: EVERYTHING_ELSE };
    return new cloudfront.Distribution(this, 'Resource', {
      comment: 'the public door of the platform',
      ...(props.domain === undefined
        ? {}
        : {
            domainNames: [...props.domain.names],
            certificate: props.domain.certificate,
            minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2025,
          }),
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      priceClass: props.priceClass,
      enableIpv6: true,
      webAclId: props.webAclArn,
      publishAdditionalMetrics: props.additionalMetrics,
      errorResponses: errorResponses(),
      defaultBehavior: behaviourOptions(rest, parts),
      additionalBehaviors: Object.fromEntries(others.map((row) => [row.path.slice(1), behaviourOptions(row, parts)])),
    });
  }

  private invalidateByTag(): void {
    const resource = this.distribution.node.defaultChild;
    if (resource instanceof cloudfront.CfnDistribution) {
      // L2 has no prop for it: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-tags.html
      resource.addPropertyOverride('DistributionConfig.CacheTagConfig', { HeaderName: 'Cache-Tag' });
    }
  }

  private acknowledge({ domain }: ContentDeliveryProps): void {
    const validations = Validations.of(this.distribution);
    validations.acknowledge({
      id: 'AwsSolutions-CFR1',
      reason: 'the site is for every country; countries are a rule of the web ACL when they must not be',
    });
    validations.acknowledge({
      id: 'AwsSolutions-CFR3',
      reason: 'standard logging v2 is a delivery of its own (AccessLogDelivery), which this rule does not see',
    });
    if (domain === undefined) {
      validations.acknowledge({
        id: 'AwsSolutions-CFR4',
        reason:
          "without a domain of one's own CloudFront allows no other policy; configure `edge.domain` to set TLS 1.2",
      });
    }
  }
}

/**
 * 502 and 504 are CloudFront's own words for "the application did not answer". 503 is the application's: it sheds load
 * and says when to come back, so the viewer must see it; here only its time in the cache is cut, from 10 seconds to 1.
 */
function errorResponses(): cloudfront.ErrorResponse[] {
  const page = { responseHttpStatus: 503, responsePagePath: MAINTENANCE_PAGE, ttl: Duration.seconds(5) };
  return [
    { httpStatus: 502, ...page },
    { httpStatus: 503, ttl: Duration.seconds(1) },
    { httpStatus: 504, ...page },
  ];
}

function regionProblems(regions: readonly string[]): string[] {
  return new Set(regions).size === regions.length
    ? []
    : [
        `\`standbys\` must be in other regions than ${regions[0]} and than each other, got ${regions.slice(1).join(', ')}`,
      ];
}

function certificateProblems(domain: EdgeDomain | undefined): string[] {
  if (domain === undefined) return [];
  const { certificateArn, env } = domain.certificate;
  const region = Token.isUnresolved(certificateArn) ? env.region : certificateArn.split(':')[3];
  return [
    ...(domain.names.length > 0 ? [] : ['`domain.names` must have at least one host name']),
    ...(region === undefined || Token.isUnresolved(region) || region === 'us-east-1'
      ? []
      : [`\`domain.certificate\` must be in us-east-1, where CloudFront looks for it, got one in ${region}`]),
  ];
}
