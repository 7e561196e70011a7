import { Match, Template } from 'aws-cdk-lib/assertions';
import { WebAcl, type WebAclProps } from '../../../lib/constructs/edge/web-acl';
import type { WebAclRule } from '../../../lib/constructs/edge/web-acl-rules';
import { aLimit, aStack, webAclProps } from './edge-fixtures';

const make = (props: Partial<WebAclProps> = {}, region?: string) =>
  new WebAcl(aStack(region), 'WebAcl', { ...webAclProps, ...props });
const templateOf = (acl: WebAcl) => Template.fromStack(acl.webAcl.stack);
const templateWith = (props: Partial<WebAclProps> = {}) => templateOf(make(props));

interface RuleJson {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: object;
  readonly OverrideAction?: object;
  readonly Statement: object;
}

const rulesWith = (props: Partial<WebAclProps> = {}): readonly RuleJson[] => {
  const [acl] = Object.values(templateWith(props).findResources('AWS::WAFv2::WebACL'));
  return (acl as { Properties: { Rules: RuleJson[] } }).Properties.Rules;
};
const ruleWith = (name: string, props: Partial<WebAclProps> = {}) =>
  rulesWith(props).find((rule) => rule.Name === name);

test('evaluates address lists, then managed groups, then limits from the narrow to the wide', () => {
  expect(rulesWith().map(({ Name }) => Name)).toEqual([
    'DeniedAddresses',
    'AllowedAddresses',
    'AWSManagedRulesAntiDDoSRuleSet',
    'AWSManagedRulesAmazonIpReputationList',
    'AWSManagedRulesKnownBadInputsRuleSet',
    'AWSManagedRulesCommonRuleSet',
    'AWSManagedRulesSQLiRuleSet',
    'AWSManagedRulesAnonymousIpList',
    'ClaimsPremium',
    'ClaimsStandard',
    'ClaimsFree',
    'LimitPremium',
    'LimitStandard',
    'LimitFree',
    'LimitAnonymous',
    'LimitPath-login',
    'LimitAddress',
  ]);
});

// Added up by hand from AWS's tables: address lists 2 + 2, groups 50 + 25 + 200 + 700 + 200 + 50, claims 13 + 13 + 2,
// limits by key 3 × (2 + 30 + 1), anonymous 2 + 1, login 2 + 2 + 10, ceiling 2.
test('adds up the capacity of its rules', () => {
  expect(make().capacity).toBe(1_375);
});

test('keeps both families of both address lists, even empty ones', () => {
  const template = templateWith();
  template.resourceCountIs('AWS::WAFv2::IPSet', 4);
  template.hasResourceProperties('AWS::WAFv2::IPSet', { IPAddressVersion: 'IPV6', Addresses: ['2001:db8::/32'] });
  template.hasResourceProperties('AWS::WAFv2::IPSet', { IPAddressVersion: 'IPV6', Addresses: [] });
});

test('a managed group enforces, only counts or is left out', () => {
  expect(ruleWith('AWSManagedRulesCommonRuleSet')?.OverrideAction).toEqual({ None: {} });
  expect(ruleWith('AWSManagedRulesAnonymousIpList')?.OverrideAction).toEqual({ Count: {} });
  const managedGroups = { ...webAclProps.managedGroups, common: 'off' } as const;
  expect(ruleWith('AWSManagedRulesCommonRuleSet', { managedGroups })).toBeUndefined();
  expect(make({ managedGroups }).capacity).toBe(675);
});

test('the anti-DDoS group spares those who cannot run its challenge', () => {
  const paths = JSON.stringify(ruleWith('AWSManagedRulesAntiDDoSRuleSet')?.Statement);
  expect(paths).toContain(String.raw`"RegexString":"^\\/api\\/"`);
});

test('limits a tier by key, and callers without a key by address', () => {
  expect(ruleWith('LimitPremium')?.Statement).toMatchObject({
    RateBasedStatement: {
      Limit: 6_000,
      EvaluationWindowSec: 300,
      AggregateKeyType: 'CUSTOM_KEYS',
      CustomKeys: [{ Header: { Name: 'x-api-key' } }],
      ScopeDownStatement: { LabelMatchStatement: { Scope: 'LABEL', Key: 'tier:premium' } },
    },
  });
  expect(ruleWith('LimitAnonymous')?.Statement).toMatchObject({
    RateBasedStatement: { AggregateKeyType: 'IP', ScopeDownStatement: { NotStatement: expect.anything() } },
  });
});

test('a caller who claims a tier without a key is anonymous, so that no header leads out of every limit', () => {
  for (const name of ['ClaimsPremium', 'ClaimsStandard', 'ClaimsFree']) {
    expect(JSON.stringify(ruleWith(name)?.Statement)).toContain(
      '{"SizeConstraintStatement":{"ComparisonOperator":"GT","FieldToMatch":{"SingleHeader":{"Name":"x-api-key"}},"Size":0',
    );
  }
});

test('answers 429 with a body and the time to wait', () => {
  expect(ruleWith('LimitFree')?.Action).toEqual({
    Block: {
      CustomResponse: {
        ResponseCode: 429,
        CustomResponseBodyKey: 'rate-limited',
        ResponseHeaders: [{ Name: 'retry-after', Value: '300' }],
      },
    },
  });
});

test('asks who logs in too often for a CAPTCHA', () => {
  expect(ruleWith('LimitPath-login')).toMatchObject({
    Action: { Captcha: {} },
    Statement: {
      RateBasedStatement: {
        Limit: 10,
        EvaluationWindowSec: 60,
        ScopeDownStatement: { ByteMatchStatement: { SearchString: '/api/login', PositionalConstraint: 'STARTS_WITH' } },
      },
    },
  });
});

test('logs what was refused, without secrets', () => {
  const template = templateWith();
  template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
    RedactedFields: ['authorization', 'cookie', 'x-api-key'].map((Name) => ({ SingleHeader: { Name } })),
    LoggingFilter: {
      DefaultBehavior: 'DROP',
      Filters: [
        Match.objectLike({
          Conditions: ['BLOCK', 'CAPTCHA', 'CHALLENGE'].map((Action) => ({ ActionCondition: { Action } })),
        }),
      ],
    },
  });
  template.hasResource('AWS::Logs::LogGroup', {
    DeletionPolicy: 'Delete',
    Properties: { LogGroupName: Match.stringLikeRegexp('^aws-waf-logs-'), RetentionInDays: 30 },
  });
  expect(JSON.stringify(templateWith({ logCounted: true }).toJSON())).toContain(
    '{"ActionCondition":{"Action":"COUNT"}}',
  );
});

test('protects secrets in sampled requests too', () => {
  templateWith().hasResourceProperties('AWS::WAFv2::WebACL', {
    DataProtectionConfig: {
      DataProtections: Match.arrayWith([
        { Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization'] } },
      ]),
    },
  });
});

test('protects a regional resource by choice, in any region', () => {
  const acl = make({ protects: 'regional-resource' }, 'eu-west-1');
  templateOf(acl).hasResourceProperties('AWS::WAFv2::WebACL', { Scope: 'REGIONAL' });
  expect(acl.metricBlockedRequests('LimitFree').dimensions).toMatchObject({ Region: 'eu-west-1', Rule: 'LimitFree' });
});

test('its metrics are those that AWS WAF writes', () => {
  const acl = make();
  const [first] = Object.values(templateOf(acl).findResources('AWS::WAFv2::WebACL'));
  const { MetricName } = (first as { Properties: { VisibilityConfig: { MetricName: string } } }).Properties
    .VisibilityConfig;
  for (const metric of [acl.metricBlockedRequests(), acl.metricCountedRequests(), acl.metricAllowedRequests()]) {
    expect(metric.namespace).toBe('AWS/WAFV2');
    expect(metric.dimensions).toEqual({ WebACL: MetricName, Rule: 'ALL' });
  }
});

describe('refusals', () => {
  const rule = (more: Partial<WebAclRule> = {}): WebAclRule => ({
    name: 'Mine',
    priority: 100,
    action: 'block',
    statement: { geoMatchStatement: { countryCodes: ['AQ'] } },
    ...more,
  });
  const bytes = (textTransformations: readonly string[]): WebAclRule['statement'] => ({
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'CONTAINS',
      searchString: 'x',
      textTransformations: textTransformations.map((type, priority) => ({ priority, type })),
    },
  });

  test.each<[string, Partial<WebAclProps>, string]>([
    [
      'the capacity is above the limit',
      {
        additionalRules: Array.from({ length: 5 }, (_, i) =>
          rule({ name: `R${i}`, priority: 100 + i, statement: bytes(['LOWERCASE', 'URL_DECODE']) }),
        ),
      },
      'the rules must use at most 1500 WCU, got 1525; the dearest are AWSManagedRulesCommonRuleSet 700, ' +
        'AWSManagedRulesKnownBadInputsRuleSet 200, AWSManagedRulesSQLiRuleSet 200; leave a group out or raise `maxCapacity`',
    ],
    [
      '`maxCapacity` is above what AWS allows',
      { maxCapacity: 5_001 },
      '`maxCapacity` must be at most 5000 WCU, got 5001',
    ],
    [
      'two rules share a priority',
      { additionalRules: [rule({ priority: 90 })] },
      'two rules must not share a priority, got 90 for LimitAddress and Mine',
    ],
    [
      'two rules share a name',
      { additionalRules: [rule({ name: 'LimitFree' })] },
      "two rules must not share a name, got 'LimitFree' twice",
    ],
    [
      'a name has a space',
      { additionalRules: [rule({ name: 'my rule' })] },
      "a rule's name must be up to 128 letters, digits, dashes and underscores, got 'my rule'",
    ],
    [
      'the capacity of a rule cannot be told',
      { additionalRules: [rule({ statement: { managedRuleGroupStatement: { vendorName: 'X', name: 'Unheard' } } })] },
      "rule 'Mine': cannot tell the capacity of the managed group 'Unheard'",
    ],
    [
      'a statement says nothing',
      { additionalRules: [rule({ statement: {} })] },
      "rule 'Mine': cannot tell the capacity of a statement with nothing in it; known kinds are ipSetReferenceStatement,",
    ],
    [
      'a rate is below 10',
      { tiers: { ...webAclProps.tiers, anonymous: aLimit(9) } },
      '`tiers.anonymous.requests` must be between 10 and 2000000000, got 9',
    ],
    [
      'a rate of an additional rule is below 10',
      { additionalRules: [rule({ statement: { rateBasedStatement: { limit: 5, aggregateKeyType: 'IP' } } })] },
      "rule 'Mine' must limit to at least 10 requests, got 5",
    ],
    [
      'a window is not one of four',
      { addressCeiling: aLimit(10_000, 90) },
      '`addressCeiling.window` must be one of 60, 120, 300, 600 seconds, got 90',
    ],
    [
      'a tier allows less than the one below it',
      { tiers: { ...webAclProps.tiers, standard: aLimit(1_000, 600) } },
      '`tiers.standard` must allow at least as many requests per second as `tiers.free`, got 1.67 and 3.33',
    ],
    [
      'the ceiling is below the highest tier',
      { addressCeiling: aLimit(3_000) },
      '`addressCeiling` must allow at least as many requests per second as `tiers.premium`, got 10.00 and 20.00',
    ],
    [
      'a path has no slash',
      { pathLimits: [{ name: 'x', path: 'login', limit: aLimit(10), action: 'limit' }] },
      "`pathLimits[0].path` must start with a slash, got 'login'",
    ],
    [
      'everybody would be allowed',
      { allowedAddresses: ['0.0.0.0/0'] },
      "`allowedAddresses[0]` must be an address range such as 203.0.113.0/24 or 2001:db8::/32, got '0.0.0.0/0'",
    ],
    ['an address has no prefix', { deniedAddresses: ['192.0.2.1'] }, '`deniedAddresses[0]` must be an address range'],
    [
      'nobody is spared the challenge',
      { challengeExemptPaths: [] },
      '`challengeExemptPaths.length` must be between 1 and 5, got 0',
    ],
  ])('fails when %s', (_, props, message) => {
    expect(() => make(props)).toThrow(message);
  });

  test('fails when a web ACL for a distribution is outside us-east-1', () => {
    expect(() => make({}, 'eu-west-1')).toThrow(
      'a web ACL for a distribution must be in us-east-1, got a stack in eu-west-1',
    );
  });

  test('names every problem at once', () => {
    const problems = () =>
      make({ tiers: { ...webAclProps.tiers, free: aLimit(1, 61) }, maxCapacity: 9_999 }, 'eu-west-1');
    expect(problems).toThrow(/us-east-1[\s\S]+tiers\.free\.requests[\s\S]+tiers\.free\.window[\s\S]+maxCapacity/);
  });
});
