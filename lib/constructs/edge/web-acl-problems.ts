import { isIP } from 'node:net';
import { perSecond, type RateLimit, rateLimitProblems } from './rate-limit';
import { statementCapacity, UnknownCapacityError } from './web-acl-capacity';
import type { WebAclRule } from './web-acl-rules';
import type { WebAclSettings } from './web-acl-settings';

const MAX_CAPACITY = 5_000;
const NAME = /^[A-Za-z0-9_-]{1,128}$/;

/** Problems with what an environment decides: each limit, the limits against each other, the address lists. */
export function webAclSettingsProblems(settings: WebAclSettings): string[] {
  const { tiers, pathLimits, addressCeiling } = settings;
  const limits = [
    ...Object.entries(tiers).flatMap(([tier, limit]) => rateLimitProblems(`tiers.${tier}`, limit)),
    ...pathLimits.flatMap(({ limit }, index) => rateLimitProblems(`pathLimits[${index}].limit`, limit)),
    ...rateLimitProblems('addressCeiling', addressCeiling),
  ];
  return [
    ...(limits.length > 0 ? limits : ladderProblems(tiers.free, tiers.standard, tiers.premium, addressCeiling)),
    ...pathLimits.flatMap(({ path }, index) =>
      path.startsWith('/') ? [] : [`\`pathLimits[${index}].path\` must start with a slash, got '${path}'`],
    ),
    ...addressProblems('allowedAddresses', settings.allowedAddresses),
    ...addressProblems('deniedAddresses', settings.deniedAddresses),
  ];
}

/** A tier that is dearer, or the ceiling over all of them, must not allow less. */
function ladderProblems(...limits: readonly RateLimit[]): string[] {
  const names = ['tiers.free', 'tiers.standard', 'tiers.premium', 'addressCeiling'];
  return limits.flatMap((limit, index) => {
    const below = limits[index - 1];
    if (below === undefined || perSecond(below) <= perSecond(limit)) return [];
    return [
      `\`${names[index]}\` must allow at least as many requests per second as \`${names[index - 1]}\`, got ` +
        `${perSecond(limit).toFixed(2)} and ${perSecond(below).toFixed(2)}`,
    ];
  });
}

/** https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html: every range but /0, and always with a prefix */
function addressProblems(name: string, addresses: readonly string[]): string[] {
  return addresses.flatMap((range, index) => {
    const [address = '', prefix = ''] = range.split('/');
    const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
    const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0;
    return length >= 1 && length <= bits
      ? []
      : [`\`${name}[${index}]\` must be an address range such as 203.0.113.0/24 or 2001:db8::/32, got '${range}'`];
  });
}

/** Problems with the rules of a web ACL as a whole: names, priorities, capacity. */
export function webAclProblems(rules: readonly WebAclRule[], maxCapacity: number): string[] {
  return [
    ...repeated(rules, ({ name }) => name).map(([name]) => `two rules must not share a name, got '${name}' twice`),
    ...repeated(rules, ({ priority }) => String(priority)).map(
      ([priority, names]) => `two rules must not share a priority, got ${priority} for ${names.join(' and ')}`,
    ),
    ...rules
      .filter(({ name }) => !NAME.test(name))
      .map(({ name }) => `a rule's name must be up to 128 letters, digits, dashes and underscores, got '${name}'`),
    ...rules.flatMap(rateProblems),
    ...capacityProblems(rules, maxCapacity),
  ];
}

function capacityProblems(rules: readonly WebAclRule[], maxCapacity: number): string[] {
  if (maxCapacity > MAX_CAPACITY) return [`\`maxCapacity\` must be at most ${MAX_CAPACITY} WCU, got ${maxCapacity}`];
  const problems: string[] = [];
  let sum = 0;
  for (const { name, statement } of rules) {
    try {
      sum += statementCapacity(statement);
    } catch (error) {
      if (!(error instanceof UnknownCapacityError)) throw error;
      problems.push(`rule '${name}': ${error.message}`);
    }
  }
  if (sum <= maxCapacity) return problems;
  const dearest = [...rules]
    .map(({ name, statement }) => ({ name, capacity: problems.length > 0 ? 0 : statementCapacity(statement) }))
    .sort((left, right) => right.capacity - left.capacity)
    .slice(0, 3)
    .map(({ name, capacity }) => `${name} ${capacity}`);
  return [
    ...problems,
    `the rules must use at most ${maxCapacity} WCU, got ${sum}; the dearest are ${dearest.join(', ')}; ` +
      'leave a group out or raise `maxCapacity`',
  ];
}

function rateProblems({ name, statement }: WebAclRule): string[] {
  const rate = statement.rateBasedStatement;
  if (rate === undefined || !('limit' in rate)) return [];
  return rate.limit >= 10 ? [] : [`rule '${name}' must limit to at least 10 requests, got ${rate.limit}`];
}

function repeated(
  rules: readonly WebAclRule[],
  keyOf: (rule: WebAclRule) => string,
): readonly (readonly [string, readonly string[]])[] {
  const byKey = new Map<string, string[]>();
  for (const rule of rules) byKey.set(keyOf(rule), [...(byKey.get(keyOf(rule)) ?? []), rule.name]);
  return [...byKey].filter(([, names]) => names.length > 1);
}
