import { type LoggedRequest, replayWebAcl, type Verdict } from '../../../analysis/edge';
import type { Resource } from '../../../analysis/template';
import { assemblyOf } from '../checks/template-assembly';

const NONE = [{ Priority: 0, Type: 'NONE' }];
const LOWERCASE = [{ Priority: 0, Type: 'LOWERCASE' }];
const headerIs = (name: string, value: string) => ({
  ByteMatchStatement: {
    FieldToMatch: { SingleHeader: { Name: name } },
    PositionalConstraint: 'EXACTLY',
    SearchString: value,
    TextTransformations: LOWERCASE,
  },
});
const pathStarts = (path: string) => ({
  ByteMatchStatement: {
    FieldToMatch: { UriPath: {} },
    PositionalConstraint: 'STARTS_WITH',
    SearchString: path,
    TextTransformations: LOWERCASE,
  },
});
const rate = (limit: number, seconds: number, more: object = { AggregateKeyType: 'IP' }) => ({
  RateBasedStatement: { Limit: limit, EvaluationWindowSec: seconds, ...more },
});

type Rule = readonly [name: string, action: string, statement: object, labels?: readonly string[]];

function acl(rules: readonly Rule[], more: Record<string, object> = {}): Resource {
  const Rules = rules.map(([Name, action, Statement, labels = []], index) => ({
    Name,
    Priority: index,
    Statement,
    ...(action === 'Group' ? { OverrideAction: { None: {} } } : { Action: { [action]: {} } }),
    RuleLabels: labels.map((label) => ({ Name: label })),
  }));
  const assembly = assemblyOf({
    Acl: { Type: 'AWS::WAFv2::WebACL', Properties: { Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} }, Rules } },
    ...more,
  });
  const [found] = assembly.ofType('AWS::WAFv2::WebACL');
  if (found === undefined) throw new Error('no web ACL');
  return found;
}

const request = (timeSeconds: number, more: Partial<LoggedRequest> = {}): LoggedRequest => ({
  timeSeconds,
  ip: '198.51.100.1',
  method: 'GET',
  path: '/',
  query: '',
  headers: {},
  ...more,
});
const steady = (count: number, seconds: number, more: Partial<LoggedRequest> = {}) =>
  Array.from({ length: count }, (_, index) => request(index * seconds, more));

function verdictsOf(
  rules: readonly Rule[],
  log: readonly LoggedRequest[],
  more: Record<string, object> = {},
): string[] {
  const seen: string[] = [];
  replayWebAcl(acl(rules, more), log, {
    onVerdict: (_request, verdict: Verdict, rule) => seen.push(`${verdict} by ${rule}`),
  });
  return seen;
}

test.each([60, 120, 300, 600])('says who is limited and when, in a window of %d s', (seconds) => {
  // One request per second: the 31st, at second 30, is the first above 30 in each of these windows.
  const report = replayWebAcl(acl([['PerAddress', 'Block', rate(30, seconds)]]), [
    ...steady(50, 1),
    request(50, { ip: '203.0.113.5' }),
  ]);
  expect(report.verdicts).toEqual({ allow: 31, block: 20, captcha: 0, challenge: 0 });
  expect(report.rules[0]?.limited).toEqual([
    { instance: '198.51.100.1', firstSeconds: 30, lastSeconds: 49, requests: 20 },
  ]);
});

test('a rule counts only what reaches it and what its scope-down takes', () => {
  const rules: Rule[] = [
    ['Static', 'Allow', pathStarts('/static/')],
    ['Login', 'Captcha', rate(10, 60, { AggregateKeyType: 'IP', ScopeDownStatement: pathStarts('/api/login') })],
  ];
  const log = Array.from({ length: 30 }, (_, index) =>
    request(index, { path: ['/static/a.js', '/api/LOGIN', '/api/items'][index % 3] ?? '' }),
  );
  expect(replayWebAcl(acl(rules), log).verdicts.captcha).toBe(0);
  const twice = [...log, ...log.map((each) => ({ ...each, timeSeconds: each.timeSeconds + 30 }))];
  // Logins come at 1, 4, … 28, 31, … 58: twenty in a minute, of which the first ten pass.
  const report = replayWebAcl(acl(rules), twice);
  expect(report.verdicts).toEqual({ allow: 50, block: 0, captcha: 10, challenge: 0 });
  expect(report.rules.map(({ reached, matched }) => [reached, matched])).toEqual([
    [60, 20],
    [40, 10],
  ]);
});

test('labels carry from a counting rule to the limits after it, and tiers have limits of their own', () => {
  const byKey = (label: string) => ({
    AggregateKeyType: 'CUSTOM_KEYS',
    CustomKeys: [{ Header: { Name: 'x-api-key', TextTransformations: NONE } }],
    ScopeDownStatement: { LabelMatchStatement: { Scope: 'LABEL', Key: label } },
  });
  const anonymous = { NotStatement: { Statement: { LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'tier:' } } } };
  const rules: Rule[] = [
    ['Premium', 'Count', headerIs('x-api-tier', 'premium'), ['tier:premium']],
    ['LimitPremium', 'Block', rate(20, 60, byKey('tier:premium'))],
    ['LimitAnonymous', 'Block', rate(10, 60, { AggregateKeyType: 'IP', ScopeDownStatement: anonymous })],
  ];
  const premium = { headers: { 'x-api-tier': 'Premium', 'x-api-key': 'k1' } };
  const log = steady(30, 1).flatMap((each) => [each, { ...each, ...premium }]);
  const { rules: reports } = replayWebAcl(acl(rules), log);
  expect(reports.map(({ name, limited }) => [name, limited])).toEqual([
    ['Premium', []],
    ['LimitPremium', [{ instance: 'k1', firstSeconds: 20, lastSeconds: 29, requests: 10 }]],
    ['LimitAnonymous', [{ instance: '198.51.100.1', firstSeconds: 10, lastSeconds: 29, requests: 20 }]],
  ]);
});

test('a request without an aggregation key is not counted, as at AWS', () => {
  const custom = {
    AggregateKeyType: 'CUSTOM_KEYS',
    CustomKeys: [{ Header: { Name: 'x-api-key', TextTransformations: NONE } }],
  };
  expect(new Set(verdictsOf([['ByKey', 'Block', rate(10, 60, custom)]], steady(50, 1)))).toEqual(
    new Set(['allow by Default']),
  );
});

test('several keys make one instance per combination', () => {
  const custom = {
    AggregateKeyType: 'CUSTOM_KEYS',
    CustomKeys: [{ IP: {} }, { UriPath: { TextTransformations: LOWERCASE } }],
  };
  const log = steady(24, 1).map((each, index) => ({ ...each, path: index % 2 === 0 ? '/A' : '/b' }));
  const report = replayWebAcl(acl([['ByPath', 'Block', rate(10, 60, custom)]]), log);
  expect(report.rules[0]?.limited.map(({ instance, requests }) => [instance, requests])).toEqual([
    ['198.51.100.1 /a', 2],
    ['198.51.100.1 /b', 2],
  ]);
});

describe('statements', () => {
  const sets = {
    Denied: { Type: 'AWS::WAFv2::IPSet', Properties: { Addresses: ['203.0.113.0/24', '198.51.100.9/32'] } },
  };
  const denied = { IPSetReferenceStatement: { Arn: { 'Fn::GetAtt': ['Denied', 'Arn'] } } };
  const or = (...Statements: object[]) => ({ OrStatement: { Statements } });
  const and = (...Statements: object[]) => ({ AndStatement: { Statements } });
  const not = (Statement: object) => ({ NotStatement: { Statement } });
  const size = (ComparisonOperator: string, Size: number) => ({
    SizeConstraintStatement: { FieldToMatch: { QueryString: {} }, ComparisonOperator, Size, TextTransformations: NONE },
  });
  const geo = { GeoMatchStatement: { CountryCodes: ['AQ'] } };
  const regex = {
    RegexMatchStatement: { FieldToMatch: { UriPath: {} }, RegexString: '^/wp-', TextTransformations: NONE },
  };
  const bytes = (PositionalConstraint: string, SearchString: string, ...types: string[]) => ({
    ByteMatchStatement: {
      FieldToMatch: { SingleQueryArgument: { Name: 'q' } },
      PositionalConstraint,
      SearchString,
      TextTransformations: types.map((Type, Priority) => ({ Priority, Type })),
    },
  });

  test.each<[string, object, Partial<LoggedRequest>, boolean]>([
    ['an address of a list', denied, { ip: '203.0.113.77' }, true],
    ['an address of no list', denied, { ip: '198.51.100.10' }, false],
    ['either of two', or(denied, geo), { country: 'AQ' }, true],
    ['both of two', and(denied, geo), { country: 'AQ' }, false],
    ['the opposite', not(denied), {}, true],
    ['a country', geo, { country: 'DE' }, false],
    ['a size', size('GT', 3), { query: 'a=12' }, true],
    ['a size at its bound', size('LE', 3), { query: 'a=12' }, false],
    ['a regular expression', regex, { path: '/wp-login.php' }, true],
    ['a part of an argument', bytes('CONTAINS', 'b c', 'URL_DECODE'), { query: 'p=1&q=a%2520b+c' }, true],
    ['the end of an argument', bytes('ENDS_WITH', 'x', 'LOWERCASE'), { query: 'q=aX' }, true],
    ['a word', bytes('CONTAINS_WORD', 'drop', 'NONE'), { query: 'q=dropped' }, false],
    ['an absent argument', bytes('CONTAINS', '', 'NONE'), { query: 'other=1' }, false],
    ['a system number', { AsnMatchStatement: { AsnList: [64_500] } }, { asn: 64_500 }, true],
  ])('match %s', (_, statement, more, blocked) => {
    const [verdict] = verdictsOf([['Rule', 'Block', statement]], [request(0, more)], sets);
    expect(verdict).toBe(blocked ? 'block by Rule' : 'allow by Default');
  });

  test.each<[string, object, string]>([
    [
      'managed groups',
      { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' } },
      'managed group AWSManagedRulesCommonRuleSet',
    ],
    [
      'labels of managed groups',
      { LabelMatchStatement: { Scope: 'LABEL', Key: 'awswaf:managed:aws:bot-control:bot:verified' } },
      'label awswaf:managed:aws:bot-control:bot:verified of a managed group',
    ],
    ['bodies', { SqliMatchStatement: { FieldToMatch: { Body: {} } } }, 'statement SqliMatchStatement'],
    ['unknown transformations', bytes('EXACTLY', 'x', 'JS_DECODE'), 'text transformation JS_DECODE'],
    [
      'other fields',
      {
        ByteMatchStatement: {
          FieldToMatch: { JsonBody: {} },
          PositionalConstraint: 'EXACTLY',
          SearchString: 'x',
          TextTransformations: NONE,
        },
      },
      'a log does not have JsonBody',
    ],
    [
      'lists elsewhere',
      { IPSetReferenceStatement: { Arn: 'arn:aws:wafv2:us-east-1:123456789012:global/ipset/x/1' } },
      'an address list outside of the assembly',
    ],
    [
      'limits by cookie',
      rate(10, 60, { AggregateKeyType: 'CUSTOM_KEYS', CustomKeys: [{ Cookie: { Name: 'x' } }] }),
      'aggregation by Cookie',
    ],
  ])('%s are reported as not evaluated and match nothing', (_, statement, what) => {
    const action = 'ManagedRuleGroupStatement' in statement ? 'Group' : 'Block';
    const report = replayWebAcl(acl([['Rule', action, statement]]), steady(20, 1));
    expect(report.rules[0]?.notEvaluated).toEqual([what]);
    expect(report.verdicts.allow).toBe(20);
  });

  test('what cannot be told decides nothing, unless the rest decides alone', () => {
    const untold = { LabelMatchStatement: { Scope: 'LABEL', Key: 'awswaf:managed:aws:x' } };
    const verdictOf = (statement: object) =>
      verdictsOf([['Rule', 'Block', statement]], [request(0, { country: 'AQ' })])[0];
    expect(verdictOf(or(untold, geo))).toBe('block by Rule');
    expect(verdictOf(and(untold, geo))).toBe('allow by Default');
    expect(verdictOf(not(untold))).toBe('allow by Default');
  });
});

test('fails when the log is not in the order of time', () => {
  expect(() => replayWebAcl(acl([]), [request(2), request(1)])).toThrow(
    'request 2: older than the request before it; sort the log by time',
  );
});
