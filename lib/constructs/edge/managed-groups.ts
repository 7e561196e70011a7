import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';

/** Rule groups that AWS maintains, by what they protect from. */
export type ManagedGroup =
  | 'anti-ddos'
  | 'ip-reputation'
  | 'known-bad-inputs'
  | 'common'
  | 'sql-injection'
  | 'anonymous-ip';

/** Whether a group acts on what it finds, only counts it, or is left out. */
export type ManagedGroupMode = 'enforce' | 'count' | 'off';

interface ManagedGroupRow {
  readonly group: ManagedGroup;
  /** Name of the rule group at AWS. */
  readonly awsName: string;
  /** Web ACL capacity units, as AWS documents them. */
  readonly capacity: number;
}

/**
 * In the order of evaluation: the anti-DDoS group before everything that could end the evaluation, because it must see
 * all traffic; cheap lists before inspections of the content.
 *
 * Capacities: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export const MANAGED_GROUPS: readonly ManagedGroupRow[] = [
  { group: 'anti-ddos', awsName: 'AWSManagedRulesAntiDDoSRuleSet', capacity: 50 },
  { group: 'ip-reputation', awsName: 'AWSManagedRulesAmazonIpReputationList', capacity: 25 },
  { group: 'known-bad-inputs', awsName: 'AWSManagedRulesKnownBadInputsRuleSet', capacity: 200 },
  { group: 'common', awsName: 'AWSManagedRulesCommonRuleSet', capacity: 700 },
  { group: 'sql-injection', awsName: 'AWSManagedRulesSQLiRuleSet', capacity: 200 },
  { group: 'anonymous-ip', awsName: 'AWSManagedRulesAnonymousIpList', capacity: 50 },
];

/** The statement of one group. */
export function managedGroupStatement(
  { group, awsName }: ManagedGroupRow,
  challengeExemptPaths: readonly string[],
): wafv2.CfnWebACL.StatementProperty {
  return {
    managedRuleGroupStatement: { vendorName: 'AWS', name: awsName, ...particulars(group, challengeExemptPaths) },
  };
}

function particulars(
  group: ManagedGroup,
  challengeExemptPaths: readonly string[],
): Partial<wafv2.CfnWebACL.ManagedRuleGroupStatementProperty> {
  if (group === 'common') {
    // Bodies above 8 KB are ordinary for an API; the service limits them where it knows the route.
    return { ruleActionOverrides: [{ name: 'SizeRestrictions_BODY', actionToUse: { count: {} } }] };
  }
  if (group !== 'anti-ddos') return {};
  return {
    managedRuleGroupConfigs: [
      {
        awsManagedRulesAntiDDoSRuleSet: {
          sensitivityToBlock: 'LOW',
          clientSideActionConfig: {
            challenge: {
              usageOfAction: 'ENABLED',
              sensitivity: 'HIGH',
              exemptUriRegularExpressions: challengeExemptPaths.map((regexString) => ({ regexString })),
            },
          },
        },
      },
    ],
  };
}
