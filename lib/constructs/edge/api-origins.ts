import { Duration } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type { ApiName, Behaviour } from './behaviour';

/** An API Gateway that answers the CDN and nobody else. */
export interface ApiOrigin {
  /** Host name of the API. */
  readonly hostName: string;

  /** Beginning of its paths, which is the name of its stage: `/partner`. */
  readonly prefix: string;

  /** What the CDN says so that the API knows it. */
  readonly header: { readonly name: string; readonly value: string };
}

type Apis = Readonly<Partial<Record<ApiName, ApiOrigin>>>;

/** The APIs of functions as origins of a distribution. */
export class ApiOrigins {
  private readonly made = new Map<ApiName, cloudfront.IOrigin>();

  public constructor(private readonly props: { readonly apis: Apis; readonly keepAlive: Duration }) {}

  /** The origin of an API; one for all rows that name it. */
  public of(name: ApiName): cloudfront.IOrigin {
    const origin = this.made.get(name) ?? this.make(name);
    this.made.set(name, origin);
    return origin;
  }

  private make(name: ApiName): cloudfront.IOrigin {
    const { apis, keepAlive } = this.props;
    const api = apis[name];
    if (api === undefined) throw new Error(`there is no API of ${name}`);
    return new origins.HttpOrigin(api.hostName, {
      originId: `api-${name}`,
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
      customHeaders: { [api.header.name]: api.header.value },
      keepaliveTimeout: keepAlive,
      // API Gateway gives up after 29 seconds and says so.
      readTimeout: Duration.seconds(30),
      connectionAttempts: 2,
      connectionTimeout: Duration.seconds(3),
    });
  }
}

/** Rows whose API is not there or has other paths, and APIs that no row leads to. */
export function apiProblems(behaviours: readonly Behaviour[], apis: Apis): string[] {
  const named = new Set(behaviours.map((row) => (row.kind === 'function-answers' ? row.api : undefined)));
  const unreached = Object.keys(apis).filter((name) => !named.has(name as ApiName));
  return [
    ...behaviours.flatMap((row, index) => {
      if (row.kind !== 'function-answers') return [];
      const api = apis[row.api];
      if (api === undefined) return [`\`behaviours[${index}].api\` must be an API that there is, got '${row.api}'`];
      return row.path === `${api.prefix}/*`
        ? []
        : [
            `\`behaviours[${index}].path\` must be '${api.prefix}/*', where the API of ${row.api} is, got '${row.path}'`,
          ];
    }),
    ...unreached.map((name) => `\`behaviours\` must have a row for the API of ${name}: without one nobody reaches it`),
  ];
}
