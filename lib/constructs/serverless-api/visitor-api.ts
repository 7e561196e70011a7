import { Duration, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { PlatformFunction } from '../function/platform-function';
import { ACCESS_LOG_FIELDS, createAccessLog } from './access-log';
import { ApiMetrics } from './api-metrics';
import type { ApiProps } from './api-props';
import { ORIGIN_HEADER, type OriginGate } from './origin-gate';

/** Most that all visitors together may ask for. */
export interface VisitorThrottle {
  /** Requests per second in the long run. */
  readonly requestsPerSecond: number;

  /** Requests at once, above which API Gateway answers 429. */
  readonly burst: number;
}

export interface VisitorApiProps extends ApiProps {
  readonly throttle: VisitorThrottle;
}

/** Name of the stage, and with it the first part of every public path: the CDN sends `/functions/*` here as it is. */
const STAGE = 'functions';

/** The API of everybody else: the cheapest way from a request to a function, without keys or plans. */
export class VisitorApi extends Construct {
  /** The underlying API. */
  public readonly api: apigatewayv2.HttpApi;

  /** Beginning of its public paths. */
  public readonly prefix = `/${STAGE}`;

  public constructor(scope: Construct, id: string, props: VisitorApiProps) {
    super(scope, id);
    const { routes, functions, throttle, gate } = props;
    this.api = new apigatewayv2.HttpApi(this, 'Api', {
      description: 'Visitors, without keys',
      createDefaultStage: false,
      defaultAuthorizer: this.createAuthorizer(gate),
    });
    this.api.addStage('Stage', {
      stageName: STAGE,
      autoDeploy: true,
      throttle: { rateLimit: throttle.requestsPerSecond, burstLimit: throttle.burst },
      accessLogSettings: {
        destination: new apigatewayv2.LogGroupLogDestination(createAccessLog(this, props.logRetention)),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    });
    const integrations = new Map(
      Object.entries(functions).map(([name, fn]) => [name, new HttpLambdaIntegration(`Function-${name}`, fn)]),
    );
    for (const { method, path, function: name } of routes) {
      const integration = integrations.get(name);
      if (integration === undefined) continue;
      this.api.addRoutes({ path, methods: [apigatewayv2.HttpMethod[method]], integration });
    }
  }

  /** Host name of the API. */
  public get hostName(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `${this.api.apiId}.execute-api.${region}.${urlSuffix}`;
  }

  /** What API Gateway reports of it. */
  public get metrics(): ApiMetrics {
    return new ApiMetrics({
      dimensionsMap: { ApiId: this.api.apiId },
      names: { clientErrors: '4xx', serverErrors: '5xx' },
    });
  }

  /**
   * HTTP APIs know no web ACL, so a function says whether a request came through the CDN. API Gateway refuses requests
   * without the header itself and remembers the one right answer for an hour (docs/decisions/0052).
   */
  private createAuthorizer(gate: OriginGate): HttpLambdaAuthorizer {
    const authorizer = new PlatformFunction(this, 'Authorizer', {
      name: 'origin-authorizer',
      description: 'Says whether a request came through the CDN',
      timeout: Duration.seconds(5),
      // Guesses are never remembered; they must not take the executions of others.
      reservedConcurrency: 5,
      environment: { ORIGIN_SECRET_ARN: gate.secretArn, ORIGIN_HEADER },
    });
    gate.grantRead(authorizer);
    return new HttpLambdaAuthorizer('OriginAuthorizer', authorizer.function, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: [`$request.header.${ORIGIN_HEADER}`],
      resultsCacheTtl: Duration.hours(1),
    });
  }
}
