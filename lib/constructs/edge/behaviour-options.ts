import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type { ApiOrigins } from './api-origins';
import type { ApplicationOrigins } from './application-origins';
import type { Behaviour } from './behaviour';
import type { CachePolicies } from './cache-policies';
import type { EdgeFunctions } from './edge-functions';

/** What rows are answered by and with. */
export interface BehaviourParts {
  readonly policies: CachePolicies;
  readonly functions: EdgeFunctions;
  readonly application: ApplicationOrigins;
  readonly apis: ApiOrigins;
  /** The bucket with the static files. */
  readonly assets: cloudfront.IOrigin;
}

/** A row in the words of CloudFront. */
export function behaviourOptions(row: Behaviour, parts: BehaviourParts): cloudfront.BehaviorOptions {
  const { policies, functions, application, apis, assets } = parts;
  const common = {
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    responseHeadersPolicy: policies.headers,
    functionAssociations: functions.associations,
    compress: true,
  };
  switch (row.kind) {
    case 'immutable-files':
      return { ...common, origin: assets, cachePolicy: policies.immutable };
    case 'entry-files':
      return { ...common, origin: assets, cachePolicy: policies.entry };
    case 'shared-answers':
      return {
        ...common,
        origin: row.writes === true ? application.of(row.region) : application.readsOf(row.region),
        allowedMethods:
          row.writes === true ? cloudfront.AllowedMethods.ALLOW_ALL : cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cachePolicy: policies.ofShared(row),
        originRequestPolicy: row.writes === true ? policies.sharedWrites : policies.sharedReads,
      };
    case 'personal-answers':
      return {
        ...common,
        origin: application.of(row.region),
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      };
    case 'function-answers':
      return {
        ...common,
        origin: apis.of(row.api),
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
        // Not the host: API Gateway knows its APIs by their own names.
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      };
  }
}
