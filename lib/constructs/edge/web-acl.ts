import { ArnFormat, Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { assertNoProblems, integerInRange } from '../../shared/validation';
import { RATE_LIMITED, toCfnRule, visibility } from './cfn-rule';
import { statementCapacity } from './web-acl-capacity';
import { webAclProblems, webAclSettingsProblems } from './web-acl-problems';
import {
  API_KEY_HEADER,
  addressRules,
  ceilingRules,
  managedRules,
  pathRules,
  tierRules,
  type WebAclRule,
} from './web-acl-rules';
import type { WebAclSettings } from './web-acl-settings';

export interface WebAclProps extends WebAclSettings {
  /** What it protects: a distribution (then it lives in us-east-1), or a regional API or load balancer. */
  readonly protects: 'distribution' | 'regional-resource';

  /**
   * Paths, as regular expressions, whose clients cannot run the challenge of the anti-DDoS group, one to five.
   *
   * @default - APIs and static files
   */
  readonly challengeExemptPaths?: readonly string[];

  /**
   * Host names that share the token of a solved challenge.
   *
   * @default - the host of the protected resource only
   */
  readonly tokenDomains?: readonly string[];

  /**
   * More rules, with priorities of their own.
   *
   * @default - none
   */
  readonly additionalRules?: readonly WebAclRule[];

  /**
   * Most web ACL capacity units it may use. Above 1,500 AWS adds a price for every request; 5,000 is its limit.
   *
   * @default 1500
   */
  readonly maxCapacity?: number;

  /**
   * How long the log of refused requests is kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Whether requests that a rule only counts are logged too. Every request with a key is counted by its tier's label.
   *
   * @default false
   */
  readonly logCounted?: boolean;
}

const CHALLENGE_EXEMPT = ['^\\/api\\/', '\\.(css|js|map|png|jpe?g|svg|webp|avif|woff2?|ico|json|txt)$'];
const SECRET_HEADERS = ['authorization', 'cookie', API_KEY_HEADER];

/** A web ACL whose rules are rows, with its address lists and its log. */
export class WebAcl extends Construct {
  /** The underlying web ACL. */
  public readonly webAcl: wafv2.CfnWebACL;

  /** Its rules in the order of evaluation. */
  public readonly rules: readonly WebAclRule[];

  /** Web ACL capacity units that the rules use, by AWS's table. */
  public readonly capacity: number;

  private readonly metricsName: string;

  public constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    assertNoProblems(this, [...regionProblems(this, props), ...validate(props)]);

    const wafScope = props.protects === 'distribution' ? 'CLOUDFRONT' : 'REGIONAL';
    const denied = this.addAddressSets('Denied', wafScope, props.deniedAddresses);
    const allowed = this.addAddressSets('Allowed', wafScope, props.allowedAddresses);
    this.rules = rulesOf(props, denied, allowed);
    this.capacity = this.rules.reduce((sum, { statement }) => sum + statementCapacity(statement), 0);
    this.metricsName = Names.uniqueResourceName(this, { maxLength: 100, allowedSpecialCharacters: '-_' });
    this.webAcl = new wafv2.CfnWebACL(this, 'Resource', {
      scope: wafScope,
      defaultAction: { allow: {} },
      visibilityConfig: visibility(this.metricsName),
      customResponseBodies: {
        [RATE_LIMITED]: {
          contentType: 'APPLICATION_JSON',
          content: JSON.stringify({ type: 'about:blank', status: 429, title: 'Too many requests' }),
        },
      },
      challengeConfig: { immunityTimeProperty: { immunityTime: 300 } },
      captchaConfig: { immunityTimeProperty: { immunityTime: 300 } },
      tokenDomains: props.tokenDomains === undefined ? undefined : [...props.tokenDomains],
      dataProtectionConfig: { dataProtections: SECRET_HEADERS.map(protectHeader) },
      rules: this.rules.map(toCfnRule),
    });
    this.addLog(props);
  }

  /** ARN of the web ACL. */
  public get webAclArn(): string {
    return this.webAcl.attrArn;
  }

  /** Requests that a rule refused. Sum over 5 minutes. */
  public metricBlockedRequests(rule = 'ALL', options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('BlockedRequests', rule, options);
  }

  /** Requests that a rule only counted. Sum over 5 minutes. */
  public metricCountedRequests(rule = 'ALL', options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('CountedRequests', rule, options);
  }

  /** Requests that passed. Sum over 5 minutes. */
  public metricAllowedRequests(rule = 'ALL', options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('AllowedRequests', rule, options);
  }

  private metric(metricName: string, rule: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const stack = Stack.of(this);
    const dimensions = { WebACL: this.metricsName, Rule: rule };
    return new cloudwatch.Metric({
      namespace: 'AWS/WAFV2',
      metricName,
      // Metrics of a web ACL for distributions have no Region dimension:
      // https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
      dimensionsMap: this.webAcl.scope === 'CLOUDFRONT' ? dimensions : { ...dimensions, Region: stack.region },
      statistic: cloudwatch.Stats.SUM,
      region: stack.region,
      ...options,
    });
  }

  /** Always both families, even when empty, so that an address can be added by hand in an incident. */
  private addAddressSets(name: string, scope: string, addresses: readonly string[]): string[] {
    const families = [
      { version: 'IPV4', members: addresses.filter((address) => !address.includes(':')) },
      { version: 'IPV6', members: addresses.filter((address) => address.includes(':')) },
    ];
    return families.map(({ version, members }) => {
      const id = `${name}${version === 'IPV4' ? 'V4' : 'V6'}`;
      return new wafv2.CfnIPSet(this, id, { scope, ipAddressVersion: version, addresses: members }).attrArn;
    });
  }

  private addLog(props: WebAclProps): void {
    const group = new logs.LogGroup(this, 'Log', {
      // AWS WAF delivers only to log groups whose name starts like this:
      // https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
      logGroupName: `aws-waf-logs-${Names.uniqueResourceName(this, { maxLength: 200, separator: '-' })}`,
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      // Its name is fixed, so a log group that stays behind would keep the stack from being made again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const kept = ['BLOCK', 'CAPTCHA', 'CHALLENGE', ...(props.logCounted === true ? ['COUNT'] : [])];
    new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      // Without the `:*` that a log group's ARN ends with.
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: group.logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      redactedFields: SECRET_HEADERS.map((Name) => ({ singleHeader: { Name } })),
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: kept.map((Action) => ({ ActionCondition: { Action } })),
          },
        ],
      },
    });
  }
}

function protectHeader(name: string): wafv2.CfnWebACL.DataProtectProperty {
  return { action: 'SUBSTITUTION', field: { fieldType: 'SINGLE_HEADER', fieldKeys: [name] } };
}

/** Every rule in the order of evaluation; `denied` and `allowed` are ARNs of address sets. */
function rulesOf(props: WebAclProps, denied: readonly string[], allowed: readonly string[]): readonly WebAclRule[] {
  return [
    ...addressRules(denied, allowed),
    ...managedRules(props.managedGroups, props.challengeExemptPaths ?? CHALLENGE_EXEMPT),
    ...tierRules(props.tiers),
    ...pathRules(props.pathLimits),
    ...ceilingRules(props.addressCeiling),
    ...(props.additionalRules ?? []),
  ].sort((left, right) => left.priority - right.priority);
}

function validate(props: WebAclProps): string[] {
  const settings = webAclSettingsProblems(props);
  const exempt = props.challengeExemptPaths?.length ?? 1;
  return [
    ...settings,
    ...integerInRange('challengeExemptPaths.length', exempt, 1, 5),
    ...webAclProblems(rulesOf(props, ['v4', 'v6'], ['v4', 'v6']), props.maxCapacity ?? 1500),
  ];
}

function regionProblems(scope: Construct, { protects }: WebAclProps): string[] {
  const { region } = Stack.of(scope);
  if (protects !== 'distribution' || Token.isUnresolved(region) || region === 'us-east-1') return [];
  return [`a web ACL for a distribution must be in us-east-1, got a stack in ${region}`];
}
