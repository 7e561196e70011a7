import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Construct } from 'constructs';
import type { SharedAnswers } from './behaviour';
import { API_KEY_HEADER } from './web-acl-rules';

/** Set by the viewer-request function; part of every shared cache key, so that variants do not mix. */
export const VARIANT_HEADER = 'x-headroom-variant';

/** Told by CloudFront; the viewer-request function chooses the nearest region by it. */
const COUNTRY_HEADER = 'CloudFront-Viewer-Country';

const ANYBODYS_HEADERS = [COUNTRY_HEADER, 'traceparent'];
const WRITERS_HEADERS = ['content-type', 'if-match', API_KEY_HEADER];

/** Cache, origin request and response headers policies of a distribution. */
export class CachePolicies extends Construct {
  /** Path only, a year: for files whose names change with their content. */
  public readonly immutable: cloudfront.CachePolicy;

  /** Path only, as long as the bucket's `Cache-Control` says: for files that keep their names. */
  public readonly entry: cloudfront.CachePolicy;

  /** Headers that every answer gets, errors included. */
  public readonly headers: cloudfront.ResponseHeadersPolicy;

  /** What the application gets for shared answers besides the cache key: nothing that identifies the caller. */
  public readonly sharedReads: cloudfront.OriginRequestPolicy;

  /** The same where the path takes writes; the viewer-request function takes the key out of reads. */
  public readonly sharedWrites: cloudfront.OriginRequestPolicy;

  private readonly shared = new Map<string, cloudfront.CachePolicy>();

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.immutable = this.byPath('Immutable', Duration.days(365));
    this.entry = this.byPath('Entry', Duration.minutes(5));
    this.headers = this.addHeaders();
    this.sharedReads = new cloudfront.OriginRequestPolicy(this, 'SharedReads', {
      comment: 'country and trace only: what identifies the caller stays outside of answers for everybody',
      headerBehavior: cloudfront.OriginRequestHeaderBehavior.allowList(...ANYBODYS_HEADERS),
    });
    this.sharedWrites = new cloudfront.OriginRequestPolicy(this, 'SharedWrites', {
      comment: 'what a write needs besides; the function takes the key out of reads',
      headerBehavior: cloudfront.OriginRequestHeaderBehavior.allowList(...ANYBODYS_HEADERS, ...WRITERS_HEADERS),
    });
  }

  /** The policy of one row; rows that differ in nothing share it. */
  public ofShared({ queryParameters, keyHeaders = [], maxTtl }: SharedAnswers): cloudfront.CachePolicy {
    const query = [...queryParameters].sort();
    const headers = [VARIANT_HEADER, ...keyHeaders].sort();
    const key = JSON.stringify([query, headers, maxTtl.toSeconds()]);
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const policy = new cloudfront.CachePolicy(this, `Shared${this.shared.size + 1}`, {
      comment: 'the application opts in with s-maxage',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl,
      queryStringBehavior:
        query.length === 0
          ? cloudfront.CacheQueryStringBehavior.none()
          : cloudfront.CacheQueryStringBehavior.allowList(...query),
      headerBehavior: cloudfront.CacheHeaderBehavior.allowList(...headers),
      cookieBehavior: cloudfront.CacheCookieBehavior.none(),
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
    });
    this.shared.set(key, policy);
    return policy;
  }

  private byPath(id: string, ttl: Duration): cloudfront.CachePolicy {
    return new cloudfront.CachePolicy(this, id, {
      minTtl: Duration.seconds(0),
      defaultTtl: ttl,
      maxTtl: Duration.days(365),
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
    });
  }

  private addHeaders(): cloudfront.ResponseHeadersPolicy {
    return new cloudfront.ResponseHeadersPolicy(this, 'Headers', {
      securityHeadersBehavior: {
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
        referrerPolicy: {
          referrerPolicy: cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
          override: false,
        },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(730),
          includeSubdomains: true,
          preload: true,
          override: true,
        },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'permissions-policy', value: 'camera=(), geolocation=(), microphone=()', override: false },
          { header: 'cross-origin-opener-policy', value: 'same-origin', override: false },
        ],
      },
      removeHeaders: ['server', 'x-powered-by'],
      serverTimingSamplingRate: 1,
    });
  }
}
