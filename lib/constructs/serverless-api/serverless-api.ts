import { Duration, Size } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { assertNoProblems, inRange, integerInRange } from '../../shared/validation';
import type { DataAccess } from '../data-access/data-access';
import type { ApiOrigin } from '../edge/api-origins';
import { PlatformFunction } from '../function/platform-function';
import type { FunctionNetwork } from '../function/platform-function-props';
import { FunctionScaling, type ProvisionedConcurrency } from '../scaling/function-scaling';
import type { ServiceKeys } from '../secrets/service-keys';
import { type ApiRoute, routeProblems } from './api-route';
import { type OpenApiDocument, readOpenApiDocument } from './openapi-document';
import { ORIGIN_HEADER, OriginGate } from './origin-gate';
import { PartnerApi } from './partner-api';
import { type Partner, type PartnerTier, tierProblems } from './partner-tiers';
import { VisitorApi, type VisitorThrottle } from './visitor-api';

/** A function that answers requests. */
export interface ApiFunction {
  /** Its folder under `lambda/`, and what routes call it. */
  readonly name: string;

  readonly memoryMiB: number;

  /** Executions that belong to it, and the most that it can have: its connections are counted by them. */
  readonly reservedConcurrency: number;

  /** Connections that one execution environment holds to the writer, and again as many to the readers. */
  readonly connectionsPerEndpoint: number;

  /** Warm instances, or `'none'`: the first request of each instance waits for its start. */
  readonly provisioned: ProvisionedConcurrency | 'none';
}

/** What an environment decides about requests that functions answer. */
export interface ServerlessApiSettings {
  readonly functions: readonly ApiFunction[];

  readonly routes: readonly ApiRoute[];

  /** Partners and their plans, or `'none'` for no REST API. */
  readonly partners: { readonly tiers: readonly PartnerTier[]; readonly keys: readonly Partner[] } | 'none';

  /** How much everybody else may ask for, or `'none'` for no HTTP API. */
  readonly visitors: VisitorThrottle | 'none';

  readonly logRetention: logs.RetentionDays;
}

export interface ServerlessApiProps extends ServerlessApiSettings {
  readonly network: FunctionNetwork;
  readonly data: DataAccess;

  /** CloudWatch namespace of what the functions report. */
  readonly metricsNamespace: string;

  /** The keys that the service signs and encrypts with. */
  readonly keys: ServiceKeys;

  /**
   * What the functions answer.
   *
   * @default - the document of the service, which the build made
   */
  readonly document?: OpenApiDocument;
}

/** API Gateway waits this long for an answer: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const GATEWAY_TIMEOUT = Duration.seconds(29);

/** Requests answered by functions: routes as rows, an API for partners and one for everybody else, both behind the CDN. */
export class ServerlessApi extends Construct {
  public readonly functions: Readonly<Record<string, PlatformFunction>>;
  public readonly gate: OriginGate;
  public readonly partners: PartnerApi | undefined;
  public readonly visitors: VisitorApi | undefined;

  public constructor(scope: Construct, id: string, props: ServerlessApiProps) {
    super(scope, id);
    const document = props.document ?? readOpenApiDocument();
    assertNoProblems(this, validate(props, document));

    const { partners, visitors, logRetention } = props;
    this.gate = new OriginGate(this, 'Gate', props.keys);
    const made = props.functions.map((settings) => ({ settings, fn: this.addFunction(settings, props) }));
    this.functions = Object.fromEntries(made.map(({ settings, fn }) => [settings.name, fn]));
    const aliases = Object.fromEntries(made.map(({ settings, fn }) => [settings.name, this.scale(settings, fn)]));
    const common = { functions: aliases, gate: this.gate, logRetention };
    if (partners !== 'none') {
      const routes = props.routes.filter(({ who }) => who === 'partners');
      const { tiers, keys } = partners;
      this.partners = new PartnerApi(this, 'Partners', { ...common, routes, document, tiers, partners: keys });
    }
    if (visitors !== 'none') {
      const routes = props.routes.filter(({ who }) => who === 'visitors');
      this.visitors = new VisitorApi(this, 'Visitors', { ...common, routes, throttle: visitors });
    }
  }

  /** The APIs as origins of the CDN. */
  public get origins(): Readonly<Partial<Record<ApiRoute['who'], ApiOrigin>>> {
    const header = { name: ORIGIN_HEADER, value: this.gate.value };
    const { partners, visitors } = this;
    return {
      ...(partners && { partners: { hostName: partners.hostName, prefix: partners.prefix, header } }),
      ...(visitors && { visitors: { hostName: visitors.hostName, prefix: visitors.prefix, header } }),
    };
  }

  private addFunction(settings: ApiFunction, props: ServerlessApiProps): PlatformFunction {
    const { name, memoryMiB, reservedConcurrency, connectionsPerEndpoint } = settings;
    const fn = new PlatformFunction(this, `Function-${name}`, {
      name,
      description: 'Answers requests behind API Gateway',
      memory: Size.mebibytes(memoryMiB),
      timeout: GATEWAY_TIMEOUT,
      reservedConcurrency,
      network: props.network,
      data: { access: props.data, connectionsPerEndpoint },
      metricsNamespace: props.metricsNamespace,
      // The report of each start is how cold starts are seen.
      systemLogLevel: lambda.SystemLogLevel.INFO,
      logRetention: props.logRetention,
    });
    props.keys.addToFunction(fn);
    return fn;
  }

  private scale({ name, reservedConcurrency, provisioned }: ApiFunction, fn: PlatformFunction): lambda.Alias {
    return new FunctionScaling(this, `Scaling-${name}`, {
      function: fn.function,
      reservedConcurrency,
      ...(provisioned !== 'none' && { provisioned }),
    }).alias;
  }
}

function validate(props: ServerlessApiProps, document: OpenApiDocument): string[] {
  const { functions, routes, partners, visitors } = props;
  const missing = (['partners', 'visitors'] as const).filter((who) => props[who] === 'none');
  return [
    ...routeProblems(routes, { functions: functions.map(({ name }) => name), document }),
    ...missing
      .filter((who) => routes.some((route) => route.who === who))
      .map((who) => `\`routes\` must have no row for ${who} while \`${who}\` is 'none'`),
    ...(partners === 'none' ? [] : tierProblems(partners.tiers, partners.keys)),
    ...(visitors === 'none'
      ? []
      : [
          ...inRange('visitors.requestsPerSecond', visitors.requestsPerSecond, 1, 10_000),
          ...integerInRange('visitors.burst', visitors.burst, 1, 5_000),
        ]),
  ];
}
