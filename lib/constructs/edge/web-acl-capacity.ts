import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { MANAGED_GROUPS } from './managed-groups';

type Statement = wafv2.CfnWebACL.StatementProperty;

// Costs of AWS's "Rule statements list": https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
const RATE_BASE = 2;
const CUSTOM_KEY = 30;
const TEXT_TRANSFORMATION = 10;
const BYTE_MATCH: Readonly<Record<string, number>> = { CONTAINS: 10, CONTAINS_WORD: 10 };
const BYTE_MATCH_ANCHORED = 2;
const REGEX_MATCH = 3;

/** The web ACL capacity units of a statement cannot be told. */
export class UnknownCapacityError extends Error {
  public override readonly name = 'UnknownCapacityError';
}

/**
 * Web ACL capacity units (WCU) of a statement: the sum over its parts, text transformations included.
 *
 * @throws UnknownCapacityError for a kind of statement, or a managed group, whose cost is not in the table
 */
export function statementCapacity(statement: Statement): number {
  const parts = plain(statement);
  const kinds = Object.keys(parts).filter((kind) => parts[kind] !== undefined);
  const [kind] = kinds;
  const cost = kind === undefined ? undefined : COSTS[kind];
  if (kind === undefined || cost === undefined || kinds.length > 1) {
    throw new UnknownCapacityError(
      `cannot tell the capacity of a statement with ${kinds.join(' and ') || 'nothing in it'}; ` +
        `known kinds are ${Object.keys(COSTS).join(', ')}`,
    );
  }
  return cost(plain(parts[kind]));
}

type Parts = Readonly<Record<string, unknown>>;

const COSTS: Readonly<Record<string, (parts: Parts) => number>> = {
  ipSetReferenceStatement: () => 1,
  geoMatchStatement: () => 1,
  asnMatchStatement: () => 1,
  labelMatchStatement: () => 1,
  sizeConstraintStatement: (parts) => 1 + transformations(parts),
  byteMatchStatement: (parts) =>
    (BYTE_MATCH[String(parts['positionalConstraint'])] ?? BYTE_MATCH_ANCHORED) + transformations(parts),
  regexMatchStatement: (parts) => REGEX_MATCH + transformations(parts),
  andStatement: (parts) => sumOf(parts['statements']),
  orStatement: (parts) => sumOf(parts['statements']),
  notStatement: (parts) => statementCapacity(plain(parts['statement'])),
  rateBasedStatement: (parts) =>
    RATE_BASE +
    CUSTOM_KEY * list(parts['customKeys']).length +
    (parts['scopeDownStatement'] === undefined ? 0 : statementCapacity(plain(parts['scopeDownStatement']))),
  managedRuleGroupStatement: (parts) => {
    const row = MANAGED_GROUPS.find(({ awsName }) => awsName === parts['name']);
    if (row !== undefined) return row.capacity;
    throw new UnknownCapacityError(`cannot tell the capacity of the managed group '${String(parts['name'])}'`);
  },
};

function transformations(parts: Parts): number {
  return TEXT_TRANSFORMATION * list(parts['textTransformations']).filter(({ type }) => type !== 'NONE').length;
}

function sumOf(statements: unknown): number {
  return list(statements).reduce((sum, statement) => sum + statementCapacity(statement), 0);
}

function list(value: unknown): readonly Parts[] {
  return Array.isArray(value) ? value.map(plain) : [];
}

function plain(value: unknown): Parts {
  return typeof value === 'object' && value !== null ? (value as Parts) : {};
}
