import { inRange, integerInRange } from '../../shared/validation';

/** What partners of one tier may ask for, each of them. */
export interface PartnerTier {
  /** Such as `standard`. */
  readonly name: string;

  /** Requests per second in the long run. */
  readonly requestsPerSecond: number;

  /** Requests at once, above which API Gateway answers 429. */
  readonly burst: number;

  /** Requests per day, week or month, above which it answers 429 until the next one. */
  readonly quota: { readonly requests: number; readonly per: 'DAY' | 'WEEK' | 'MONTH' };
}

/** A partner and what it has paid for. */
export interface Partner {
  /** Letters, digits and dashes; its key is made with this name and a random value. */
  readonly name: string;

  /** Name of its tier. */
  readonly tier: string;
}

/** Tiers and partners that cannot work. Limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export function tierProblems(tiers: readonly PartnerTier[], partners: readonly Partner[]): string[] {
  return [
    ...tiers.flatMap((tier, index) => oneTier(tier, `tiers[${index}]`)),
    ...twice('tiers', tiers),
    ...twice('partners', partners),
    ...partners
      .filter(({ tier }) => !tiers.some(({ name }) => name === tier))
      .map(
        ({ name, tier }) =>
          `\`partners\` must have tiers that there are (${tiers.map((known) => known.name).join(', ')}), got '${tier}' of '${name}'`,
      ),
  ];
}

function oneTier({ requestsPerSecond, burst, quota }: PartnerTier, name: string): string[] {
  return [
    ...inRange(`${name}.requestsPerSecond`, requestsPerSecond, 0.01, 10_000),
    ...integerInRange(`${name}.burst`, burst, 1, 5_000),
    ...integerInRange(`${name}.quota.requests`, quota.requests, 1, 2_147_483_647),
    ...(quota.requests < burst
      ? [
          `\`${name}.quota.requests\` must not be below \`${name}.burst\`, got ${quota.requests} and ${burst}; one burst would end the ${quota.per.toLowerCase()}`,
        ]
      : []),
  ];
}

function twice(prop: string, rows: readonly { readonly name: string }[]): string[] {
  const names = rows.map(({ name }) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  return repeated.map((name) => `\`${prop}\` must have names of their own, got '${name}' twice`);
}
