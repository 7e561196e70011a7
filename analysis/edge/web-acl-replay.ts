import { isList, isMap, type Resource, textOf, type Value, type ValueMap } from '../template';
import { InvalidAccessLogError, type LoggedRequest } from './access-log';
import { compileRate, type RateRule } from './rate-rule';
import { type CompiledStatement, compileStatement, type LabelledRequest } from './web-acl-statement';

/** What became of a request: the action of the rule that ended it, or the web ACL's default. */
export type Verdict = 'allow' | 'block' | 'captcha' | 'challenge';

/** One caller (or other instance) that a rate rule limited. */
export interface LimitedInstance {
  /** Values of the rule's aggregation keys, such as the address. */
  readonly instance: string;
  /** When its first request was limited, in the log's seconds. */
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  /** How many of its requests were limited. */
  readonly requests: number;
}

/** What one rule did over the log. */
export interface RuleReport {
  readonly name: string;
  readonly priority: number;
  readonly action: Verdict | 'count' | 'managed-group';
  /** Requests that reached the rule. */
  readonly reached: number;
  /** Requests that it matched. */
  readonly matched: number;
  /** Who was limited, the first first; only for rate rules. */
  readonly limited: readonly LimitedInstance[];
  /** What of the rule a log cannot tell; such a part never matches here, though it may at AWS. */
  readonly notEvaluated: readonly string[];
}

/** What a web ACL would have done with a log. */
export interface ReplayReport {
  readonly requests: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** In the order of evaluation. */
  readonly rules: readonly RuleReport[];
}

export interface ReplayOptions {
  /**
   * How often AWS WAF looks at its counts, in seconds; 0 looks at every request, the strictest reading of the limit.
   *
   * @default 0
   */
  readonly checkEverySeconds?: number;

  /**
   * Called for every request with its verdict and the rule that gave it.
   *
   * @default - nobody is told
   */
  readonly onVerdict?: (request: LoggedRequest, verdict: Verdict, rule: string) => void;
}

/**
 * Sends a log through a synthesized web ACL: address lists, labels, scope-downs and rate rules as AWS documents them.
 * Managed groups are AWS's own and reported as not evaluated. A CAPTCHA or challenge ends the request: a log does not
 * say who would have solved it.
 *
 * @throws InvalidAccessLogError when the requests are not in the order of time
 */
export function replayWebAcl(acl: Resource, log: Iterable<LoggedRequest>, options: ReplayOptions = {}): ReplayReport {
  const rules = compileRules(acl, options.checkEverySeconds ?? 0);
  const fallback: Verdict = acl.property('DefaultAction', 'Block') === undefined ? 'allow' : 'block';
  const verdicts: Record<Verdict, number> = { allow: 0, block: 0, captcha: 0, challenge: 0 };
  let requests = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (const logged of log) {
    if (logged.timeSeconds < before) {
      throw new InvalidAccessLogError(
        `request ${requests + 1}: older than the request before it; sort the log by time`,
      );
    }
    before = logged.timeSeconds;
    requests += 1;
    const ending = firstEnding(rules, { ...logged, labels: new Set() });
    const verdict = ending?.verdict ?? fallback;
    verdicts[verdict] += 1;
    options.onVerdict?.(logged, verdict, ending?.name ?? 'Default');
  }
  return { requests, verdicts, rules: rules.map(reportOf) };
}

interface CompiledRule {
  readonly name: string;
  readonly priority: number;
  readonly action: RuleReport['action'];
  readonly labels: readonly string[];
  readonly statement?: CompiledStatement;
  readonly rate?: RateRule;
  reached: number;
  matched: number;
  readonly limited: Map<string, { firstSeconds: number; lastSeconds: number; requests: number }>;
}

function firstEnding(
  rules: readonly CompiledRule[],
  request: LabelledRequest,
): { readonly verdict: Verdict; readonly name: string } | undefined {
  for (const rule of rules) {
    rule.reached += 1;
    if (!matchesRule(rule, request)) continue;
    rule.matched += 1;
    for (const label of rule.labels) request.labels.add(label);
    if (rule.action !== 'count' && rule.action !== 'managed-group') return { verdict: rule.action, name: rule.name };
  }
  return undefined;
}

function matchesRule(rule: CompiledRule, request: LabelledRequest): boolean {
  if (rule.rate === undefined) return rule.statement?.matches(request) === true;
  const counted = rule.rate.count(request);
  if (counted?.limited !== true) return false;
  const { timeSeconds } = request;
  const known = rule.limited.get(counted.instance);
  if (known === undefined) {
    rule.limited.set(counted.instance, { firstSeconds: timeSeconds, lastSeconds: timeSeconds, requests: 1 });
  } else {
    known.lastSeconds = timeSeconds;
    known.requests += 1;
  }
  return true;
}

function compileRules(acl: Resource, checkEverySeconds: number): CompiledRule[] {
  const rules = acl.property('Rules');
  return (isList(rules) ? rules.filter(isMap) : [])
    .map((rule) => compileRule(rule, checkEverySeconds))
    .sort((left, right) => left.priority - right.priority);
}

function compileRule(rule: ValueMap, checkEverySeconds: number): CompiledRule {
  const statement = rule['Statement'];
  const rate = isMap(statement) ? statement['RateBasedStatement'] : undefined;
  const labels = rule['RuleLabels'];
  return {
    name: String(textOf(rule['Name'])),
    priority: Number(rule['Priority']),
    action: actionOf(rule),
    labels: isList(labels) ? labels.map((label) => (isMap(label) ? String(label['Name']) : '')) : [],
    ...(isMap(rate) ? { rate: compileRate(rate, checkEverySeconds) } : { statement: compileOther(statement) }),
    reached: 0,
    matched: 0,
    limited: new Map(),
  };
}

const ACTIONS: Readonly<Record<string, RuleReport['action']>> = {
  Allow: 'allow',
  Block: 'block',
  Captcha: 'captcha',
  Challenge: 'challenge',
  Count: 'count',
};

function actionOf(rule: ValueMap): RuleReport['action'] {
  const action = rule['Action'];
  const [kind] = isMap(action) ? Object.keys(action) : [];
  return (kind === undefined ? undefined : ACTIONS[kind]) ?? 'managed-group';
}

function compileOther(statement: Value | undefined): CompiledStatement {
  const group = isMap(statement) ? statement['ManagedRuleGroupStatement'] : undefined;
  if (!isMap(group)) return compileStatement(statement);
  return { matches: () => undefined, notEvaluated: [`managed group ${String(group['Name'])}`] };
}

function reportOf(rule: CompiledRule): RuleReport {
  return {
    name: rule.name,
    priority: rule.priority,
    action: rule.action,
    reached: rule.reached,
    matched: rule.matched,
    limited: [...rule.limited].map(([instance, times]) => ({ instance, ...times })),
    notEvaluated: rule.rate?.notEvaluated ?? rule.statement?.notEvaluated ?? [],
  };
}
