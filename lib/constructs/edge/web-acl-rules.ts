import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { MANAGED_GROUPS, type ManagedGroup, type ManagedGroupMode, managedGroupStatement } from './managed-groups';
import type { RateLimit } from './rate-limit';

/** One rule of a web ACL. */
export interface WebAclRule {
  /** Letters, digits and dashes; unique. Also the name of the rule's metric. */
  readonly name: string;

  /** Order of evaluation; unique, the lowest first. */
  readonly priority: number;

  /**
   * What happens to a request that matches. `limit` answers 429; `group` leaves it to the rules of a managed group and
   * `group-count` only counts what they find.
   */
  readonly action: 'allow' | 'block' | 'count' | 'captcha' | 'challenge' | 'limit' | 'group' | 'group-count';

  readonly statement: wafv2.CfnWebACL.StatementProperty;

  /**
   * Labels that later rules can match.
   *
   * @default - none
   */
  readonly labels?: readonly string[];
}

/** What a caller may claim to have paid for. */
export type Tier = 'anonymous' | 'free' | 'standard' | 'premium';

/** A limit for one path, for each address. */
export interface PathLimit {
  /** Letters, digits and dashes; part of the rule's name. */
  readonly name: string;

  /** Beginning of the path, such as `/api/login`, compared in lower case. */
  readonly path: string;

  readonly limit: RateLimit;

  /** What happens above the limit. */
  readonly action: 'captcha' | 'challenge' | 'limit';
}

/** Header in which a caller names its key; it is counted, not checked. */
export const API_KEY_HEADER = 'x-api-key';

/** Header in which a caller claims a tier; a ceiling at the edge, enforced by API and service. */
const API_TIER_HEADER = 'x-api-tier';

const LOWERCASE = [{ priority: 0, type: 'LOWERCASE' }];
const AS_SENT = [{ priority: 0, type: 'NONE' }];

/** Address lists: `deny` before everything, `allow` right after it, past all that follows. */
export function addressRules(deny: readonly string[], allow: readonly string[]): WebAclRule[] {
  return [
    { name: 'DeniedAddresses', priority: 0, action: 'block', statement: anyAddressSet(deny) },
    { name: 'AllowedAddresses', priority: 1, action: 'allow', statement: anyAddressSet(allow) },
  ];
}

/** Managed groups that are not off, from priority 10 in the order of {@link MANAGED_GROUPS}. */
export function managedRules(
  modes: Readonly<Record<ManagedGroup, ManagedGroupMode>>,
  challengeExemptPaths: readonly string[],
): WebAclRule[] {
  return MANAGED_GROUPS.flatMap((row, index) => {
    const mode = modes[row.group];
    if (mode === 'off') return [];
    return {
      name: row.awsName,
      priority: 10 + index,
      action: mode === 'count' ? 'group-count' : 'group',
      statement: managedGroupStatement(row, challengeExemptPaths),
    } as const;
  });
}

/** Labels the claimed tier, then limits each tier: by key for those who name one, by address for everybody else. */
export function tierRules(tiers: Readonly<Record<Tier, RateLimit>>): WebAclRule[] {
  const claims: WebAclRule[] = [
    { name: 'ClaimsPremium', priority: 30, ...claim('premium', claimsTier('premium')) },
    { name: 'ClaimsStandard', priority: 31, ...claim('standard', claimsTier('standard')) },
    // A key without a known tier is free, so that no header takes a caller out of every limit.
    { name: 'ClaimsFree', priority: 32, ...claim('free', not(hasLabel('tier:', 'NAMESPACE'))) },
  ];
  return [
    ...claims,
    limitRule('LimitPremium', 40, tiers.premium, byKey(hasLabel('tier:premium', 'LABEL'))),
    limitRule('LimitStandard', 41, tiers.standard, byKey(hasLabel('tier:standard', 'LABEL'))),
    limitRule('LimitFree', 42, tiers.free, byKey(hasLabel('tier:free', 'LABEL'))),
    limitRule('LimitAnonymous', 43, tiers.anonymous, byAddress(not(hasLabel('tier:', 'NAMESPACE')))),
  ];
}

/** Limits for single paths, from priority 50. */
export function pathRules(limits: readonly PathLimit[]): WebAclRule[] {
  return limits.map(({ name, path, limit, action }, index) => ({
    ...limitRule(`LimitPath-${name}`, 50 + index, limit, byAddress(pathStartsWith(path))),
    action,
  }));
}

/** The last resort: what one address may do in all, whatever it claims. */
export function ceilingRules(limit: RateLimit): WebAclRule[] {
  return [limitRule('LimitAddress', 90, limit, { aggregateKeyType: 'IP' })];
}

type Aggregation = Pick<
  wafv2.CfnWebACL.RateBasedStatementProperty,
  'aggregateKeyType' | 'customKeys' | 'scopeDownStatement'
>;

function limitRule(name: string, priority: number, { requests, window }: RateLimit, by: Aggregation): WebAclRule {
  const rateBasedStatement = { limit: requests, evaluationWindowSec: window.toSeconds(), ...by };
  return { name, priority, action: 'limit', statement: { rateBasedStatement } };
}

function byKey(scopeDownStatement: wafv2.CfnWebACL.StatementProperty): Aggregation {
  const header = { name: API_KEY_HEADER, textTransformations: AS_SENT };
  return { aggregateKeyType: 'CUSTOM_KEYS', customKeys: [{ header }], scopeDownStatement };
}

function byAddress(scopeDownStatement: wafv2.CfnWebACL.StatementProperty): Aggregation {
  return { aggregateKeyType: 'IP', scopeDownStatement };
}

/** Only callers that name a key have a tier: requests without the key header would be counted by no limit at all. */
function claim(
  tier: Tier,
  statement: wafv2.CfnWebACL.StatementProperty,
): Pick<WebAclRule, 'action' | 'labels' | 'statement'> {
  return {
    action: 'count',
    labels: [`tier:${tier}`],
    statement: { andStatement: { statements: [namesKey(), statement] } },
  };
}

function namesKey(): wafv2.CfnWebACL.StatementProperty {
  return {
    sizeConstraintStatement: {
      fieldToMatch: headerField(API_KEY_HEADER),
      comparisonOperator: 'GT',
      size: 0,
      textTransformations: AS_SENT,
    },
  };
}

function claimsTier(tier: Tier): wafv2.CfnWebACL.StatementProperty {
  return {
    byteMatchStatement: {
      fieldToMatch: headerField(API_TIER_HEADER),
      positionalConstraint: 'EXACTLY',
      searchString: tier,
      textTransformations: LOWERCASE,
    },
  };
}

function pathStartsWith(path: string): wafv2.CfnWebACL.StatementProperty {
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString: path.toLowerCase(),
      textTransformations: LOWERCASE,
    },
  };
}

// `Name`, unlike every other key, is passed to CloudFormation as it is: the L1 has no type for it.
function headerField(name: string): wafv2.CfnWebACL.FieldToMatchProperty {
  return { singleHeader: { Name: name } };
}

function hasLabel(key: string, scope: 'LABEL' | 'NAMESPACE'): wafv2.CfnWebACL.StatementProperty {
  return { labelMatchStatement: { scope, key } };
}

function not(statement: wafv2.CfnWebACL.StatementProperty): wafv2.CfnWebACL.StatementProperty {
  return { notStatement: { statement } };
}

function anyAddressSet(arns: readonly string[]): wafv2.CfnWebACL.StatementProperty {
  return { orStatement: { statements: arns.map((arn) => ({ ipSetReferenceStatement: { arn } })) } };
}
