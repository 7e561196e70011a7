import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import type { Behaviour } from '../../../lib/constructs/edge/behaviour';
import type { ContentDeliveryProps } from '../../../lib/constructs/edge/content-delivery';
import { certificate, hasConfig, internalLoadBalancer, make, STANDBY, templateWith } from './delivery-fixture';
import { aStack } from './edge-fixtures';

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

test.each<[string, Partial<ContentDeliveryProps>, string]>([
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
])('fails when %s', (_, props, message) => {
  expect(() => make(props)).toThrow(message);
});
