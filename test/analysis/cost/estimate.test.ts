import { diffEstimates, estimate, perRequest, usageFrom } from '../../../analysis/cost';
import { loadTemplate } from '../template/write-template';
import { byMeter, priced, service, TODAY } from './sample';

test('what AWS gives for nothing is taken off only when asked for', () => {
  const usage = { resources: { Function: { invocations: 2e6, durationMs: 100 } } };
  const fn = { Function: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024 } } };
  expect(byMeter(priced(fn, usage))['lambda.request']).toBeCloseTo(0.4, 9);
  // One million requests and 400,000 GB-seconds a month; 200,000 are used.
  expect(byMeter(priced(fn, usage, { freeTier: true }))).toEqual({
    'lambda.request': expect.closeTo(0.2, 9),
    'lambda.gbsecond.x86': 0,
  });
});

test('tiers count over the whole bill, not per resource', () => {
  const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } };
  const usage = { resources: { 'AWS::ApiGatewayV2::Api': { requests: 250e6, payloadKb: 1 } } };
  // 300 million at 1.00, 200 million at 0.90.
  expect(priced({ A: api, B: api }, usage).total.expected).toBeCloseTo(480, 6);
});

test('an unknown type, an unresolved property and a missing price are unpriced, each with its reason', () => {
  const { resources, counts, total } = priced({
    New: { Type: 'AWS::Quantum::Computer' },
    Later: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: { 'Fn::GetAtt': ['New', 'Size'] } } },
    Rare: {
      Type: 'AWS::ElastiCache::ReplicationGroup',
      Properties: { Engine: 'valkey', CacheNodeType: 'cache.x99.huge' },
    },
    Custom: { Type: 'Custom::Thing' },
  });
  expect(counts).toEqual({ priced: 0, free: 1, unpriced: 3 });
  expect(resources.slice(0, 3).map(({ reason }) => reason)).toEqual([
    'no rule for AWS::Quantum::Computer',
    expect.stringContaining('`MemorySize` is unresolved: a text that is known only after deployment: Size of Web/New'),
    'no price for elasticache.valkey.node.cache.x99.huge in us-east-1',
  ]);
  expect(total.expected).toBe(0);
});

test('quantities say whether they come from the template, from usage or from an assumption', () => {
  const { lines } = priced(
    { Nat: { Type: 'AWS::EC2::NatGateway' }, Other: { Type: 'AWS::EC2::NatGateway' } },
    { resources: { Nat: { processedGb: 5 } } },
  );
  expect(lines.map(({ quantity: { origin, why } }) => `${origin}: ${why}`)).toEqual([
    'template: 1 gateway, 730 h',
    'usage: GB processed from the test',
    'template: 1 gateway, 730 h',
    'assumption: GB processed: GB per passed request',
  ]);
});

test('the traffic of the objectives in a template is what is assumed', () => {
  const assembly = loadTemplate({ Metadata: { 'Headroom::Objectives': { requestsPerHour: 1000 } }, Resources: {} });
  expect(estimate(assembly).requests).toBe(730_000);
  expect(estimate(assembly, { usage: usageFrom({ traffic: { requests: 5 } }, 'the test') }).requests).toBe(5);
});

test('the cost per request is the whole bill or one million more, and the floor is what is left without any', () => {
  const resources = { Nat: { Type: 'AWS::EC2::NatGateway' } };
  const options = {
    usage: usageFrom({ traffic: { requests: 10e6 }, resources: { Nat: { processedGb: 100 } } }, 'the test'),
    today: TODAY,
  };
  const assembly = loadTemplate({ Resources: resources });
  const result = perRequest(assembly, estimate(assembly, options), options);
  // 32.85 for the hours; 100 GB at 0.045 for ten million requests.
  expect(result.fixedFloor.expected).toBeCloseTo(32.85, 6);
  expect(result.averagePerMillion?.expected).toBeCloseTo(3.735, 6);
  expect(result.marginalPerMillion).toBeCloseTo(0.45, 6);
  const idle = usageFrom({ traffic: { requests: 0 } }, 'the test');
  expect(perRequest(assembly, estimate(assembly, { usage: idle }), { usage: idle })).toMatchObject({
    averagePerMillion: undefined,
    marginalPerMillion: undefined,
  });
});

test('a difference says what changed and why', () => {
  const nat = { Type: 'AWS::EC2::NatGateway' };
  const usage = { resources: { 'AWS::EC2::NatGateway': { processedGb: 0 } } };
  const [one, two] = [priced({ A: nat }, usage), priced({ A: nat, B: nat }, usage)];
  const diff = diffEstimates(one, two);
  expect(diff.total.expected).toBeCloseTo(32.85, 6);
  expect(diff.changes[0]).toMatchObject({
    id: 'Web/B nat.hour',
    change: 'added',
    component: 'network',
    why: '1 gateway, 730 h',
  });
  const larger = diffEstimates(
    priced(service({ LaunchType: 'FARGATE', DesiredCount: 1 })),
    priced(service({ LaunchType: 'FARGATE', DesiredCount: 2 })),
  );
  expect(larger.changes[0]).toMatchObject({
    change: 'quantity',
    why: '730 → 1460 vCPU-hour (2 tasks of 1 vCPU and 2 GB, 730 h)',
  });
  const unknown = diffEstimates(one, priced({ A: nat, X: { Type: 'AWS::Quantum::Computer' } }, usage));
  expect(unknown.newlyUnpriced).toEqual(['Web/X: no rule for AWS::Quantum::Computer']);
});
