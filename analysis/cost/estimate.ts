import type { Assembly, Resource } from '../template';
import { Bill } from './bill';
import { CostInputError } from './cost-input-error';
import type { Estimate, Line, ResourceCost, Status } from './estimate-model';
import { COMPONENTS, type Component, PRICE_BOOK, type PriceBook } from './prices/price-book';
import { mapQuantity, mapRange, type Quantity, type Range, sumRanges } from './quantity';
import { isFree } from './rules/free';
import { asRange } from './rules/joins';
import { type Charge, type Context, type Input, type Rule, Subject, UnresolvedPropertyError } from './rules/rule';
import { inputsOf, RULES } from './rules/rules';
import { withObjectives } from './usage/objectives';
import { assertUsageFits, NO_USAGE, type Usage, usageOf } from './usage/usage';

/** How much an assumption may be off either way. */
const ASSUMED = { low: 0.5, high: 2 };
/** Hours in AWS's month: https://aws.amazon.com/calculator/calculator-assumptions/. */
export const HOURS_PER_MONTH = 730;

export interface EstimateOptions {
  /** @default - assumptions */
  readonly usage?: Usage;
  /** @default - the project's price book */
  readonly prices?: PriceBook;
  /** Region whose prices apply to every stack. @default - each stack's own */
  readonly region?: string;
  /** @default 730 */
  readonly hours?: number;
  /** How many times the traffic is played; 0 leaves the fixed floor. @default 1 */
  readonly scale?: number;
  /** Whether to take off what AWS gives every account for nothing. @default false */
  readonly freeTier?: boolean;
  /** Day on which the age of prices and engine versions is judged. @default - now */
  readonly today?: Date;
}

/**
 * What every resource of `assembly` costs in a month. Each is priced, free or unpriced, exactly one of them; tiers count
 * over the whole estimate, as on a bill.
 *
 * @throws CostInputError when the region is unknown, or the usage does not fit the assembly
 */
export function estimate(assembly: Assembly, options: EstimateOptions = {}): Estimate {
  const { prices = PRICE_BOOK, hours = HOURS_PER_MONTH, scale = 1, today = new Date() } = options;
  const usage = withObjectives(options.usage ?? NO_USAGE, assembly, hours);
  assertRegions(assembly, prices, options.region);
  assertUsageFits(usage, assembly, inputsOf);
  const context = contextFor(assembly, usage, { hours, scale, today });
  const charged = assembly.resources.map((resource) => chargeFor(resource, context));
  const bill = new Bill(prices, options);
  for (const { resource, charges } of charged) for (const charge of charges) bill.add(resource, charge);
  const resources = charged.map((item) => resourceCost(item, bill));
  const lines = resources.flatMap((resource) => resource.lines);
  const regions = [...new Set(lines.map((line) => line.region))];
  const used = new Set(lines.map((line) => line.meter));
  return {
    source: assembly.source,
    usage: usage.source,
    requests: usage.traffic.requests * scale,
    hours,
    resources,
    lines,
    total: totalOf(lines),
    components: Object.fromEntries(
      COMPONENTS.map((name) => [name, totalOf(lines.filter((line) => line.component === name))]),
    ) as Record<Component, Range>,
    counts: countsOf(resources),
    stalePrices: regions.flatMap((region) => prices.stale(region, today).filter((meter) => used.has(meter))),
  };
}

interface Charged {
  readonly resource: Resource;
  readonly charges: readonly Charge[];
  readonly status: Status;
  readonly reason: string | undefined;
}

function chargeFor(resource: Resource, context: Context): Charged {
  const none = { resource, charges: [] };
  if (resource.exists !== true)
    return { ...none, status: 'unpriced', reason: `its condition is unresolved: ${resource.exists.reason}` };
  const rule = RULES.get(resource.type);
  if (rule === undefined) {
    return isFree(resource.type)
      ? { ...none, status: 'free', reason: undefined }
      : { ...none, status: 'unpriced', reason: `no rule for ${resource.type}` };
  }
  try {
    const charges = rule.charges(context.subject(resource), context);
    if (typeof charges === 'string') return { ...none, status: 'free', reason: charges };
    return { resource, charges, status: charges.length === 0 ? 'free' : 'priced', reason: undefined };
  } catch (error) {
    if (error instanceof UnresolvedPropertyError) return { ...none, status: 'unpriced', reason: error.message };
    throw error;
  }
}

function resourceCost({ resource, charges, status, reason }: Charged, bill: Bill): ResourceCost {
  const lines = charges.map((charge) => bill.line(resource, charge));
  const missing = lines.filter((line) => line.usd === null);
  const unknown = missing.map((line) => `${line.meter} in ${line.region}`).join(', ');
  return {
    address: resource.address,
    path: resource.path,
    type: resource.type,
    stack: resource.stack.name,
    status: missing.length > 0 ? 'unpriced' : status,
    reason: missing.length > 0 ? `no price for ${unknown}` : reason,
    lines,
    usd: totalOf(lines),
  };
}

function contextFor(
  assembly: Assembly,
  usage: Usage,
  base: { readonly hours: number; readonly scale: number; readonly today: Date },
): Context {
  const subjects = new Map<Resource, Subject>();
  const context: Context = {
    ...base,
    assembly,
    traffic: usage.traffic,
    subject(resource: Resource): Subject {
      const known = subjects.get(resource);
      if (known !== undefined) return known;
      const made: Subject = new Subject(
        resource,
        assembly,
        (input) => quantityOf(RULES.get(resource.type), made, input, usage, context),
        (input) => usageOf(usage, resource, input),
      );
      subjects.set(resource, made);
      return made;
    },
  };
  return context;
}

function quantityOf(rule: Rule | undefined, subject: Subject, name: string, usage: Usage, context: Context): Quantity {
  const input: Input | undefined = rule?.inputs?.[name];
  if (input === undefined) throw new Error(`the rule of ${subject.type} has no input named ${name}`);
  const given = usageOf(usage, subject.resource, name);
  const scale = input.perRequest ? context.scale : 1;
  if (given !== undefined) {
    return mapQuantity(
      { ...asRange(given.value), origin: given.origin, why: `${input.unit} from ${usage.source}` },
      (amount) => amount * scale,
    );
  }
  const assumed = input.assume(subject, context);
  const range =
    typeof assumed === 'number'
      ? { low: assumed * ASSUMED.low, expected: assumed, high: assumed * ASSUMED.high }
      : assumed;
  return { ...mapRange(range, (amount) => amount * scale), origin: 'assumption', why: `${input.unit}: ${input.why}` };
}

function totalOf(lines: readonly Line[]): Range {
  return sumRanges(lines.flatMap((line) => line.usd ?? []));
}

function countsOf(resources: readonly ResourceCost[]): Record<Status, number> {
  const counts = { priced: 0, free: 0, unpriced: 0 };
  for (const { status } of resources) counts[status] += 1;
  return counts;
}

function assertRegions(assembly: Assembly, prices: PriceBook, region: string | undefined): void {
  const known = prices.regions.join(', ');
  if (region !== undefined && !prices.regions.includes(region)) {
    throw new CostInputError(`region ${region} has no prices: the price book has ${known}`);
  }
  if (region !== undefined) return;
  const homeless = assembly.stacks.filter((stack) => stack.region === undefined).map((stack) => stack.name);
  if (homeless.length === 0) return;
  throw new CostInputError(
    `${homeless.join(', ')} can go to any region: say whose prices apply, with --region (${known})`,
  );
}
