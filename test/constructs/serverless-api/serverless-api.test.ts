import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { ServerlessApiProps } from '../../../lib/constructs/serverless-api/serverless-api';
import { apiIn, templateOf } from './api-fixture';

let template: Template;

beforeAll(() => {
  template = templateOf();
});

describe('the function', () => {
  test('has executions of its own, database and cache, and only the names of its secrets', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 1024,
      Timeout: 29,
      ReservedConcurrentExecutions: 4,
      VpcConfig: Match.anyValue(),
      LoggingConfig: Match.objectLike({ LogFormat: 'JSON', SystemLogLevel: 'INFO' }),
      Environment: {
        Variables: Match.objectLike({
          DATABASE_POOL_MAX: '1',
          METRICS_NAMESPACE: 'Headroom/Test',
          SESSION_KEYS_SECRET_ARN: Match.anyValue(),
          CACHE_KEYS_SECRET_ARN: Match.anyValue(),
          CACHE_NAMING_KEY_SECRET_ARN: Match.anyValue(),
          SESSION_KEYS: Match.absent(),
        }),
      },
    });
  });

  test('is called by an alias, which has warm instances where the environment says so', () => {
    template.hasResourceProperties('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: Match.absent() });
    const provisioned = { min: 1, max: 3, targetPercent: 70, schedules: [] };
    const functions = [
      { name: 'api', memoryMiB: 1024, reservedConcurrency: 4, connectionsPerEndpoint: 1, provisioned },
    ];
    templateOf({ functions }).hasResourceProperties('AWS::Lambda::Alias', {
      Name: 'live',
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 },
    });
  });
});

describe('the API of partners', () => {
  test('asks for a key and validates parameters and body, by what the service says about itself', () => {
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'PATCH',
      ApiKeyRequired: true,
      RequestValidatorId: { Ref: Match.stringLikeRegexp('Validator') },
      RequestParameters: { 'method.request.path.id': true },
      RequestModels: { 'application/json': { Ref: Match.stringLikeRegexp('BodyPATCHapiitemsid') } },
    });
    template.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'GET',
      RequestParameters: { 'method.request.querystring.q': true },
    });
    template.hasResourceProperties('AWS::ApiGateway::Model', {
      Schema: {
        $schema: 'http://json-schema.org/draft-04/schema#',
        type: 'object',
        required: ['version'],
        properties: { version: { type: 'integer', minimum: 1 } },
      },
    });
    template.hasResourceProperties('AWS::ApiGateway::RequestValidator', {
      ValidateRequestBody: true,
      ValidateRequestParameters: true,
    });
  });

  test('has a plan for each tier and a key for each partner', () => {
    template.hasResourceProperties('AWS::ApiGateway::UsagePlan', {
      Throttle: { RateLimit: 100, BurstLimit: 200 },
      Quota: { Limit: 10_000, Period: 'DAY' },
      ApiStages: [{ ApiId: Match.anyValue(), Stage: Match.anyValue() }],
    });
    template.resourceCountIs('AWS::ApiGateway::ApiKey', 1);
    template.resourceCountIs('AWS::ApiGateway::UsagePlanKey', 1);
  });

  test('is traced, and writes a line for each request, without the key', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'partner',
      TracingEnabled: true,
      AccessLogSetting: { Format: Match.stringLikeRegexp('"partner":"\\$context.identity.apiKeyId"') },
    });
    expect(JSON.stringify(template.findResources('AWS::ApiGateway::Stage'))).not.toContain('identity.apiKey"');
  });

  test('refuses everybody who does not say what the CDN says', () => {
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      DefaultAction: { Block: {} },
      Rules: [
        Match.objectLike({
          Action: { Allow: {} },
          Statement: {
            ByteMatchStatement: Match.objectLike({
              FieldToMatch: { SingleHeader: { Name: 'x-origin-verify' } },
              PositionalConstraint: 'EXACTLY',
            }),
          },
        }),
      ],
    });
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
    expect(JSON.stringify(acl)).toContain('{{resolve:secretsmanager:');
  });

  test('refuses in the words of the service', () => {
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'BAD_REQUEST_BODY',
      ResponseParameters: { 'gatewayresponse.header.Content-Type': "'application/problem+json'" },
    });
  });
});

describe('the API of visitors', () => {
  test('asks about every request, once an hour for the same answer', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.x-origin-verify'],
      AuthorizerResultTtlInSeconds: 3600,
    });
    template.allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'CUSTOM' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'ANY /api/{rest+}' });
  });

  test('is bounded, and writes a line for each request', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: 'functions',
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
      AccessLogSettings: { DestinationArn: Match.anyValue() },
    });
  });
});

test('either API may be absent, with the rows that would lead to it', () => {
  const { api, stack } = apiIn({
    partners: 'none',
    visitors: 'none',
    routes: [],
  });
  expect([api.partners, api.visitors, api.origins]).toEqual([undefined, undefined, {}]);
  expect(stack.node.findAll().some(({ node }) => node.id === 'Validator')).toBe(false);
});

test('the CDN finds both by name, path and what to say', () => {
  const { origins } = apiIn().api;
  expect([origins.partners?.prefix, origins.visitors?.prefix]).toEqual(['/partner', '/functions']);
  expect(origins.partners?.header.name).toBe('x-origin-verify');
});

test('its metrics are those of API Gateway', () => {
  const { partners, visitors } = apiIn().api;
  const names = [
    partners?.metrics.metricRequests(),
    partners?.metrics.metricClientErrors(),
    partners?.metrics.metricServerErrors(),
    partners?.metrics.metricLatency(),
    visitors?.metrics.metricRequests(),
    visitors?.metrics.metricClientErrors(),
    visitors?.metrics.metricServerErrors(),
    visitors?.metrics.metricLatency(),
  ].map((metric) => `${metric?.namespace} ${metric?.metricName} ${metric?.statistic}`);
  expect(names).toEqual([
    'AWS/ApiGateway Count SampleCount',
    'AWS/ApiGateway 4XXError Sum',
    'AWS/ApiGateway 5XXError Sum',
    'AWS/ApiGateway Latency p95',
    'AWS/ApiGateway Count SampleCount',
    'AWS/ApiGateway 4xx Sum',
    'AWS/ApiGateway 5xx Sum',
    'AWS/ApiGateway Latency p95',
  ]);
});

const row = (route: Partial<ServerlessApiProps['routes'][number]>): Partial<ServerlessApiProps> => ({
  routes: [{ who: 'partners', method: 'GET', path: '/api/items', function: 'api', ...route }],
});
const search = { who: 'partners', method: 'GET', path: '/api/search', function: 'api' } as const;
const plan = (burst: number, requests: number, tier = 'standard'): Partial<ServerlessApiProps> => ({
  partners: {
    tiers: [{ name: 'standard', requestsPerSecond: 10, burst, quota: { requests, per: 'MONTH' } }],
    keys: [{ name: 'acme', tier }],
  },
});

test.each<[string, Partial<ServerlessApiProps>, string]>([
  [
    'a route without a handler',
    row({ function: 'nobody' }),
    "`routes[0]` (GET /api/items) has no handler: `function` must be one of api, got 'nobody'",
  ],
  [
    'a route of partners that the service does not answer',
    row({ path: '/api/nothing' }),
    '`routes[0]` (GET /api/nothing) is for partners, whose requests are validated, but the OpenAPI document of the ' +
      'service does not have it',
  ],
  [
    'a route twice',
    { routes: [search, search] },
    '`routes[1]` (GET /api/search) is there twice for partners; keep one',
  ],
  [
    'a path that is none',
    row({ path: '/api/{rest+}/more' }),
    '`routes[0]` (GET /api/{rest+}/more) must have a path such as /api/items/{id}, with {rest+} only at its end',
  ],
  [
    'two names for one variable',
    {
      routes: [
        { ...search, path: '/api/items/{id}' },
        { ...search, path: '/api/items/{name}' },
      ],
    },
    "`routes[1]` (GET /api/items/{name}) calls a variable {name} that '/api/items/{id}' calls {id}; a REST API knows one name",
  ],
  [
    'routes of an API that is not there',
    { partners: 'none' },
    "`routes` must have no row for partners while `partners` is 'none'",
  ],
  [
    'a quota below the burst',
    plan(200, 100),
    '`tiers[0].quota.requests` must not be below `tiers[0].burst`, got 100 and 200; one burst would end the month',
  ],
  ['a burst of nothing', plan(0, 100), '`tiers[0].burst` must be between 1 and 5000, got 0'],
  [
    'a partner of a tier that is not there',
    plan(10, 100, 'gold'),
    "`partners` must have tiers that there are (standard), got 'gold' of 'acme'",
  ],
  [
    'no request a second',
    { visitors: { requestsPerSecond: 0, burst: 1 } },
    '`visitors.requestsPerSecond` must be between 1 and 10000, got 0',
  ],
])('fails with %s', (_case, given, message) => {
  expect(() => apiIn(given)).toThrow(message);
});

test('counts its connections: more executions than the database can bear fail the synthesis', () => {
  const functions = [
    { name: 'api', memoryMiB: 512, reservedConcurrency: 500, connectionsPerEndpoint: 50, provisioned: 'none' },
  ] as const;
  expect(() => templateOf({ functions })).toThrow('connections must fit into the pool, got api 500 × 100 = 50000');
});
