import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { WebAclRule } from './web-acl-rules';

/** Key of the answer to who is above a limit. */
export const RATE_LIMITED = 'rate-limited';

/** Counted under `metricName`, with a sample of the requests. */
export function visibility(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}

/** A row in the words of CloudFormation. */
export function toCfnRule({ name, priority, action, statement, labels }: WebAclRule): wafv2.CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    statement,
    visibilityConfig: visibility(name),
    ...(labels === undefined ? {} : { ruleLabels: labels.map((label) => ({ name: label })) }),
    ...actionOf(action, statement),
  };
}

function actionOf(
  action: WebAclRule['action'],
  statement: wafv2.CfnWebACL.StatementProperty,
): Pick<wafv2.CfnWebACL.RuleProperty, 'action' | 'overrideAction'> {
  if (action === 'group') return { overrideAction: { none: {} } };
  if (action === 'group-count') return { overrideAction: { count: {} } };
  if (action !== 'limit') return { action: { [action]: {} } };
  const rate = statement.rateBasedStatement;
  const window = rate !== undefined && 'evaluationWindowSec' in rate ? (rate.evaluationWindowSec ?? 300) : 300;
  const responseHeaders = [{ name: 'retry-after', value: String(window) }];
  return {
    action: { block: { customResponse: { responseCode: 429, customResponseBodyKey: RATE_LIMITED, responseHeaders } } },
  };
}
