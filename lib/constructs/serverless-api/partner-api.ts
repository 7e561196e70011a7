import { Names, Size, Stack, Validations } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ACCESS_LOG_FIELDS, createAccessLog } from './access-log';
import { ApiMetrics } from './api-metrics';
import type { ApiProps } from './api-props';
import type { ApiRoute } from './api-route';
import { type OpenApiDocument, operationOf } from './openapi-document';
import { ORIGIN_HEADER } from './origin-gate';
import type { Partner, PartnerTier } from './partner-tiers';
import { modelSchema, requiredParameters } from './request-validation';

export interface PartnerApiProps extends ApiProps {
  /** What the functions answer. */
  readonly document: OpenApiDocument;

  readonly tiers: readonly PartnerTier[];
  readonly partners: readonly Partner[];
}

/** Name of the stage, and with it the first part of every public path: the CDN sends `/partner/*` here as it is. */
const STAGE = 'partner';

/** The API of partners: a key for each, a usage plan for each tier, and requests refused before a function runs. */
export class PartnerApi extends Construct {
  /** The underlying API. */
  public readonly api: apigateway.RestApi;

  /** Beginning of its public paths. */
  public readonly prefix = `/${STAGE}`;

  private readonly validator: apigateway.RequestValidator;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: PartnerApiProps,
  ) {
    super(scope, id);
    this.api = this.addApi();
    this.validator = this.api.addRequestValidator('Validator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    for (const route of props.routes) this.addRoute(route);
    this.addAnswers();
    this.addPlans();
    this.closeToOthers();
    this.acknowledge();
  }

  /** Host name of the API. */
  public get hostName(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `${this.api.restApiId}.execute-api.${region}.${urlSuffix}`;
  }

  /** What API Gateway reports of it. */
  public get metrics(): ApiMetrics {
    return new ApiMetrics({
      dimensionsMap: { ApiName: this.api.restApiName, Stage: STAGE },
      names: { clientErrors: '4XXError', serverErrors: '5XXError' },
    });
  }

  private addApi(): apigateway.RestApi {
    return new apigateway.RestApi(this, 'Api', {
      // Metrics of REST APIs go by name: environments that share an account and a region must not share theirs.
      restApiName: Names.uniqueResourceName(this, { maxLength: 128, separator: '-' }),
      description: 'Partners, with keys and plans',
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      // Text only: with binary types it would hand text over as base64 and not validate it. It compresses by itself.
      minCompressionSize: Size.kibibytes(1),
      // Logs of REST APIs need a role of the account and the region.
      cloudWatchRole: true,
      deployOptions: {
        stageName: STAGE,
        tracingEnabled: true,
        loggingLevel: apigateway.MethodLoggingLevel.ERROR,
        accessLogDestination: new apigateway.LogGroupLogDestination(createAccessLog(this, this.props.logRetention)),
        accessLogFormat: apigateway.AccessLogFormat.custom(
          JSON.stringify({
            ...ACCESS_LOG_FIELDS,
            route: '$context.resourcePath',
            partner: '$context.identity.apiKeyId',
          }),
        ),
      },
    });
  }

  private addRoute({ method, path, function: name }: ApiRoute): void {
    const { functions, document } = this.props;
    const handler = functions[name];
    const operation = operationOf(document, method, path);
    if (handler === undefined || operation === undefined) return;
    const resource = this.api.root.resourceForPath(path);
    const schema = modelSchema(operation);
    resource.addMethod(method, new apigateway.LambdaIntegration(handler, { allowTestInvoke: false }), {
      apiKeyRequired: true,
      requestValidator: this.validator,
      requestParameters: requiredParameters(operation),
      ...(schema && { requestModels: { 'application/json': this.addModel(`${method}${path}`, schema) } }),
    });
  }

  private addModel(operation: string, schema: apigateway.JsonSchema): apigateway.Model {
    const id = `Body-${operation.replaceAll(/\W+/g, '-')}`;
    return this.api.addModel(id, { contentType: 'application/json', schema });
  }

  /** Refusals in the words of the service: https://www.rfc-editor.org/rfc/rfc9457 */
  private addAnswers(): void {
    const problem = (detail: string) =>
      `{"type":"about:blank","title":"the request was refused","status":$context.status,"detail":${detail}}`;
    const answers = [
      ['InvalidBody', apigateway.ResponseType.BAD_REQUEST_BODY, '"$context.error.validationErrorString"'],
      ['Refused', apigateway.ResponseType.DEFAULT_4XX, '$context.error.messageString'],
      ['Failed', apigateway.ResponseType.DEFAULT_5XX, '$context.error.messageString'],
    ] as const;
    for (const [id, type, detail] of answers) {
      this.api.addGatewayResponse(id, {
        type,
        templates: { 'application/json': problem(detail) },
        responseHeaders: { 'Content-Type': "'application/problem+json'", 'Cache-Control': "'no-store'" },
      });
    }
  }

  private addPlans(): void {
    const { tiers, partners } = this.props;
    for (const { name: tier, requestsPerSecond, burst, quota } of tiers) {
      const plan = this.api.addUsagePlan(`Tier-${tier}`, {
        description: `Partners of the tier ${tier}`,
        throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
        quota: { limit: quota.requests, period: apigateway.Period[quota.per] },
        apiStages: [{ api: this.api, stage: this.api.deploymentStage }],
      });
      for (const { name } of partners.filter((partner) => partner.tier === tier)) {
        plan.addApiKey(this.api.addApiKey(`Partner-${name}`, { description: `Partner ${name}` }));
      }
    }
  }

  /** Who does not say what the CDN says is refused before API Gateway counts the request. */
  private closeToOthers(): void {
    const visibility = { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
    const webAcl = new wafv2.CfnWebACL(this, 'Gate', {
      scope: 'REGIONAL',
      defaultAction: { block: {} },
      visibilityConfig: { ...visibility, metricName: 'PartnerApi' },
      rules: [
        {
          name: 'FromTheCdn',
          priority: 0,
          action: { allow: {} },
          visibilityConfig: { ...visibility, metricName: 'FromTheCdn' },
          statement: {
            byteMatchStatement: {
              fieldToMatch: { singleHeader: { Name: ORIGIN_HEADER } },
              positionalConstraint: 'EXACTLY',
              searchString: this.props.gate.value,
              textTransformations: [{ priority: 0, type: 'NONE' }],
            },
          },
        },
      ],
    });
    new wafv2.CfnWebACLAssociation(this, 'GateAssociation', {
      webAclArn: webAcl.attrArn,
      resourceArn: this.api.deploymentStage.stageArn,
    });
  }

  private acknowledge(): void {
    const validations = Validations.of(this.api);
    validations.acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'every method asks for the key of a partner, and the web ACL lets in nobody but the CDN',
    });
    validations.acknowledge({
      id: 'AwsSolutions-COG4',
      reason: 'partners are programs with keys, not people who sign in',
    });
    validations.acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason: 'the policy that AWS keeps for exactly this: API Gateway writes the logs of an account',
    });
  }
}
