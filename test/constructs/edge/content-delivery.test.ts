import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Behaviour } from '../../../lib/constructs/edge/behaviour';
import { ContentDelivery, type ContentDeliveryProps } from '../../../lib/constructs/edge/content-delivery';
import { aStack } from './edge-fixtures';

const BEHAVIOURS: readonly Behaviour[] = [
  { kind: 'immutable-files', path: '/static/*' },
  { kind: 'shared-answers', path: '/api/items', queryParameters: ['q', 'page'], maxTtl: Duration.hours(1) },
  { kind: 'personal-answers', path: '/*' },
];

function internalLoadBalancer(scope: Construct): elbv2.IApplicationLoadBalancer {
  return elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(scope, 'Alb', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/alb/1',
    loadBalancerDnsName: 'internal-alb.us-east-1.elb.amazonaws.com',
    securityGroupId: 'sg-1',
  });
}

function make(props: Partial<ContentDeliveryProps> = {}, region = 'us-east-1'): ContentDelivery {
  const stack = aStack(region);
  return new ContentDelivery(stack, 'Delivery', {
    application: { loadBalancer: internalLoadBalancer(stack), tlsName: 'none' },
    assets: new s3.Bucket(stack, 'Assets'),
    behaviours: BEHAVIOURS,
    webAclArn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1',
    priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
    originShield: true,
    additionalMetrics: true,
    keepAlive: Duration.seconds(60),
    ...props,
  });
}
const templateWith = (props: Partial<ContentDeliveryProps> = {}) => Template.fromStack(make(props).distribution.stack);
const hasConfig = (props: Partial<ContentDeliveryProps>, DistributionConfig: object) =>
  templateWith(props).hasResourceProperties('AWS::CloudFront::Distribution', { DistributionConfig });
const certificate = (region: string) =>
  acm.Certificate.fromCertificateArn(aStack(), 'Cert', `arn:aws:acm:${region}:123456789012:certificate/abc`);

const STANDBY = { region: 'eu-west-1', vpcOriginId: 'vo_1', domainName: 'internal-b.example' };

describe('the distribution', () => {
  test('speaks HTTP/3, IPv6 and TLS only, behind the web ACL', () => {
    hasConfig(
      {},
      {
        HttpVersion: 'http2and3',
        IPV6Enabled: true,
        PriceClass: 'PriceClass_100',
        WebACLId: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1',
        DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https', Compress: true },
      },
    );
  });

  test('is invalidated by tag', () => {
    hasConfig({}, { CacheTagConfig: { HeaderName: 'Cache-Tag' } });
  });

  test('has a TLS floor and its names when there is a domain', () => {
    hasConfig(
      { domain: { names: ['www.example.com'], certificate: certificate('us-east-1') } },
      { Aliases: ['www.example.com'], ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2025' } },
    );
  });

  test('measures more when it is told to, and not otherwise', () => {
    templateWith().resourceCountIs('AWS::CloudFront::MonitoringSubscription', 1);
    templateWith({ additionalMetrics: false }).resourceCountIs('AWS::CloudFront::MonitoringSubscription', 0);
  });

  test('shows the maintenance page when the application does not answer, but lets its own 503 through', () => {
    hasConfig(
      {},
      {
        CustomErrorResponses: [
          { ErrorCode: 502, ResponseCode: 503, ResponsePagePath: '/maintenance/503.html', ErrorCachingMinTTL: 5 },
          { ErrorCode: 503, ErrorCachingMinTTL: 1 },
          { ErrorCode: 504, ResponseCode: 503, ResponsePagePath: '/maintenance/503.html', ErrorCachingMinTTL: 5 },
        ],
      },
    );
  });

  test('its metrics are in us-east-1, wherever it is', () => {
    const delivery = make({}, 'eu-west-1');
    const metrics = [
      delivery.metricRequests(),
      delivery.metricCacheHitRate(),
      delivery.metricOriginLatency(),
      delivery.metric5xxErrorRate(),
    ];
    expect(metrics.map(({ metricName }) => metricName)).toEqual([
      'Requests',
      'CacheHitRate',
      'OriginLatency',
      '5xxErrorRate',
    ]);
    for (const { region, dimensions } of metrics) {
      expect(region).toBe('us-east-1');
      expect(dimensions).toMatchObject({ Region: 'Global' });
    }
  });
});

describe('its origins', () => {
  test('the application is asked through a VPC origin, over HTTP or over TLS as its listener speaks', () => {
    templateWith().hasResourceProperties('AWS::CloudFront::VpcOrigin', {
      VpcOriginEndpointConfig: { OriginProtocolPolicy: 'http-only', HTTPPort: 80 },
    });
    const application = { loadBalancer: internalLoadBalancer(aStack()), tlsName: 'origin.example.com' };
    const template = templateWith({ application });
    template.hasResourceProperties('AWS::CloudFront::VpcOrigin', {
      VpcOriginEndpointConfig: { OriginProtocolPolicy: 'https-only', HTTPSPort: 443, OriginSSLProtocols: ['TLSv1.2'] },
    });
  });

  test('idle connections are kept as long as the chain of timeouts says, and a shield collects misses by choice', () => {
    const origin = (shield: object) =>
      Match.arrayWith([
        Match.objectLike({
          Id: 'app-us-east-1',
          OriginShield: shield,
          VpcOriginConfig: Match.objectLike({ OriginKeepaliveTimeout: 60 }),
        }),
      ]);
    hasConfig({}, { Origins: origin({ Enabled: true, OriginShieldRegion: 'us-east-1' }) });
    hasConfig({ originShield: false }, { Origins: origin({ Enabled: false }) });
  });

  test('static files are signed for, and the bucket is for the distribution only', () => {
    const template = templateWith();
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 's3:GetObject', Principal: { Service: 'cloudfront.amazonaws.com' } }),
        ]),
      },
    });
  });

  test('reads fail over to a standby, writes stay; a 503 is not handed on', () => {
    const behaviours: Behaviour[] = [
      { kind: 'shared-answers', path: '/reads', queryParameters: [], maxTtl: Duration.hours(1) },
      { kind: 'shared-answers', path: '/both', queryParameters: [], maxTtl: Duration.hours(1), writes: true },
      { kind: 'personal-answers', path: '/b/*', region: 'eu-west-1' },
      { kind: 'personal-answers', path: '/*' },
    ];
    const template = templateWith({ behaviours, standbys: [STANDBY] });
    const [resource] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
    const config = (resource as { Properties: { DistributionConfig: Config } }).Properties.DistributionConfig;
    const [group] = config.OriginGroups.Items;
    expect(group?.FailoverCriteria.StatusCodes.Items).toEqual([500, 502, 504]);
    expect(group?.Members.Items).toEqual([{ OriginId: 'app-us-east-1-reads' }, { OriginId: 'app-eu-west-1-reads' }]);
    expect(config.CacheBehaviors.map(({ TargetOriginId }) => TargetOriginId)).toEqual([
      group?.Id,
      'app-us-east-1',
      'app-eu-west-1',
    ]);
    expect(config.CacheBehaviors[0]?.AllowedMethods).toEqual(['GET', 'HEAD', 'OPTIONS']);
    expect(config.DefaultCacheBehavior.TargetOriginId).toBe('app-us-east-1');
  });
});

interface Config {
  readonly OriginGroups: {
    readonly Items: readonly {
      readonly Id: string;
      readonly FailoverCriteria: { readonly StatusCodes: { readonly Items: readonly number[] } };
      readonly Members: { readonly Items: readonly { readonly OriginId: string }[] };
    }[];
  };
  readonly CacheBehaviors: readonly { readonly TargetOriginId: string; readonly AllowedMethods: readonly string[] }[];
  readonly DefaultCacheBehavior: { readonly TargetOriginId: string };
}

describe('its policies', () => {
  const sharedPolicy = (parameters: object) =>
    Match.objectLike({ ParametersInCacheKeyAndForwardedToOrigin: Match.objectLike(parameters) });

  test('a shared answer is keyed on its parameters, the variant and the encoding, and kept by the application', () => {
    templateWith().hasResourceProperties('AWS::CloudFront::CachePolicy', {
      CachePolicyConfig: Match.objectLike({ MinTTL: 0, DefaultTTL: 0, MaxTTL: 3600 }),
    });
    templateWith().hasResourceProperties('AWS::CloudFront::CachePolicy', {
      CachePolicyConfig: sharedPolicy({
        QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['page', 'q'] },
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['x-headroom-variant'] },
        CookiesConfig: { CookieBehavior: 'none' },
        EnableAcceptEncodingBrotli: true,
        EnableAcceptEncodingGzip: true,
      }),
    });
  });

  test('rows that differ in nothing but the path share a policy', () => {
    const row = { kind: 'shared-answers', queryParameters: ['a'], maxTtl: Duration.hours(1) } as const;
    const behaviours: Behaviour[] = [
      { ...row, path: '/a' },
      { ...row, path: '/b' },
      { kind: 'personal-answers', path: '/*' },
    ];
    templateWith({ behaviours }).resourceCountIs('AWS::CloudFront::CachePolicy', 3);
  });

  test('every answer carries the security headers', () => {
    templateWith().hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: Match.objectLike({
        SecurityHeadersConfig: Match.objectLike({
          StrictTransportSecurity: {
            AccessControlMaxAgeSec: 63_072_000,
            IncludeSubdomains: true,
            Preload: true,
            Override: true,
          },
          FrameOptions: { FrameOption: 'DENY', Override: true },
          ContentTypeOptions: { Override: true },
        }),
        RemoveHeadersConfig: { Items: [{ Header: 'server' }, { Header: 'x-powered-by' }] },
      }),
    });
  });
});

describe('its functions', () => {
  test('run the built code with the rows as their settings, on runtime 2.0, with the store', () => {
    const template = templateWith();
    const functions = Object.values(template.findResources('AWS::CloudFront::Function')) as {
      Properties: { FunctionCode: string; FunctionConfig: object };
    }[];
    expect(functions).toHaveLength(2);
    for (const { Properties } of functions) {
      expect(Properties.FunctionConfig).toMatchObject({
        Runtime: 'cloudfront-js-2.0',
        KeyValueStoreAssociations: [{}],
      });
      expect(Properties.FunctionCode).toContain(
        '{"path":"/api/items","query":["q","page"],"routed":true,"pinned":false,"shared":true',
      );
      expect(Properties.FunctionCode).toContain('"origins":{"us-east-1":"app-us-east-1"},"home":"us-east-1"');
      expect(Properties.FunctionCode).not.toContain('__EDGE_SETTINGS__');
    }
  });
});

describe('refusals', () => {
  const shared = (more: object): Behaviour[] => [
    { kind: 'shared-answers', path: '/x', queryParameters: [], maxTtl: Duration.hours(1), ...more },
    { kind: 'personal-answers', path: '/*' },
  ];
  const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

  test.each<[string, Partial<ContentDeliveryProps>, string]>([
    [
      'a behaviour names an unknown origin',
      { behaviours: shared({ region: 'mars-north-1' }), standbys: [STANDBY] },
      "`behaviours[0].region` must be a region with an origin (us-east-1, eu-west-1), got 'mars-north-1'",
    ],
    [
      'the header list is over the limit',
      { behaviours: shared({ keyHeaders: names(10) }) },
      '`behaviours[0].keyHeaders` must be at most 9 names besides x-headroom-variant, got 10',
    ],
    [
      'the parameter list is over the limit',
      { behaviours: shared({ queryParameters: names(11) }) },
      '`behaviours[0].queryParameters` must be at most 10 names, got 11',
    ],
    ['a name comes twice', { behaviours: shared({ queryParameters: ['a', 'a'] }) }, 'must not name anything twice'],
    [
      'a header would make every key different',
      { behaviours: shared({ keyHeaders: ['user-agent'] }) },
      "`behaviours[0].keyHeaders` must not name 'user-agent': CloudFront refuses it or no two viewers would share an answer",
    ],
    [
      'a header is in upper case',
      { behaviours: shared({ keyHeaders: ['Accept'] }) },
      "`behaviours[0].keyHeaders` must be in lower case, got 'Accept'",
    ],
    [
      'a path is a pattern that the functions do not know',
      { behaviours: shared({ path: '/x*' }) },
      "`behaviours[0].path` must be a path such as /api/items, or one with everything below it such as /api/items/*, got '/x*'",
    ],
    [
      'a row is never reached',
      {
        behaviours: [
          { kind: 'personal-answers', path: '/api/*' },
          { kind: 'personal-answers', path: '/api/me/*' },
          { kind: 'personal-answers', path: '/*' },
        ],
      },
      "`behaviours[1]` is never reached: '/api/*' before it takes every path of '/api/me/*'",
    ],
    [
      'what no row names would be cached',
      { behaviours: [{ kind: 'shared-answers', path: '/*', queryParameters: [], maxTtl: Duration.hours(1) }] },
      "the last of `behaviours` must be personal answers at '/*', got shared-answers at '/*'; what no row names is never cached",
    ],
    ['there is no row', { behaviours: [] }, "the last of `behaviours` must be personal answers at '/*', got no row"],
    [
      'a token is required and nobody says where it is',
      {
        behaviours: [
          { kind: 'personal-answers', path: '/me/*', tokenRequired: true },
          { kind: 'personal-answers', path: '/*' },
        ],
      },
      "`tokenCookie` must be given, because '/me/*' requires a token",
    ],
    [
      'the certificate is outside us-east-1',
      { domain: { names: ['www.example.com'], certificate: certificate('eu-west-1') } },
      '`domain.certificate` must be in us-east-1, where CloudFront looks for it, got one in eu-west-1',
    ],
    [
      'a domain has no names',
      { domain: { names: [], certificate: certificate('us-east-1') } },
      '`domain.names` must have at least one host name',
    ],
    [
      'a standby is at home',
      { standbys: [{ ...STANDBY, region: 'us-east-1' }] },
      '`standbys` must be in other regions than us-east-1 and than each other, got us-east-1',
    ],
    [
      'the keep-alive is too long',
      { keepAlive: Duration.seconds(301) },
      '`keepAlive (seconds)` must be between 1 and 300, got 301',
    ],
    [
      'the settings make a function too long',
      {
        behaviours: [
          ...Array.from(
            { length: 60 },
            (_, index): Behaviour => ({ kind: 'personal-answers', path: `/a-rather-long-path/${index}/*` }),
          ),
          { kind: 'personal-answers', path: '/*' },
        ],
      },
      "'dist/edge/viewer-request.js' must be at most 10240 bytes with its settings",
    ],
  ])('fails when %s', (_, props, message) => {
    expect(() => make(props)).toThrow(message);
  });

  test('fails when there are too many behaviours', () => {
    const rows = Array.from({ length: 75 }, (_, index): Behaviour => ({ kind: 'personal-answers', path: `/${index}` }));
    expect(() => make({ behaviours: [...rows, { kind: 'personal-answers', path: '/*' }] })).toThrow(
      '`behaviours` must be at most 75 rows, got 76',
    );
  });
});
