import type { Meter, Price, PriceBook, RegionalPrices, Tier } from './price-book';
import { candidatesFor, type PriceListFile } from './price-list';

/** A change of price beyond this is more often the wrong product than a new price. */
const PLAUSIBLE = 0.25;

export type Outcome = 'unchanged' | 'updated' | 'new' | 'refused' | 'not found' | 'by hand';

export interface MeterOutcome {
  readonly meter: string;
  readonly outcome: Outcome;
  readonly before: number | null;
  readonly after: number | null;
  /** Product of the price list, pinned with the price. */
  readonly sku: string | undefined;
  /** Why it was refused or not found. */
  readonly reason: string | undefined;
}

export interface Refresh {
  readonly outcomes: readonly MeterOutcome[];
  /** The region's prices afterwards: what was refused keeps its old price. */
  readonly prices: RegionalPrices;
}

/**
 * Compares the price book of `region` with price list files. A price is taken over when exactly one product matches and it
 * differs by at most a quarter; more needs the meter's name in `confirmed`.
 */
export function refreshPrices(
  book: PriceBook,
  region: string,
  files: ReadonlyMap<string, PriceListFile>,
  confirmed: ReadonlySet<string> = new Set(),
): Refresh {
  const results = Object.entries(book.meters).map(([id, meter]) =>
    refreshMeter(id, meter, book, region, files, confirmed),
  );
  return {
    outcomes: results.map(({ outcome }) => outcome),
    prices: Object.fromEntries(results.map(({ outcome, price }) => [outcome.meter, price])),
  };
}

interface Result {
  readonly outcome: MeterOutcome;
  readonly price: Price;
}

const UNKNOWN: Price = { usd: null, asOf: null, confidence: 'none', sources: [] };

function refreshMeter(
  id: string,
  meter: Meter,
  book: PriceBook,
  region: string,
  files: ReadonlyMap<string, PriceListFile>,
  confirmed: ReadonlySet<string>,
): Result {
  const price = book.price(id, region) ?? UNKNOWN;
  const before = book.firstUnit(id, region) ?? null;
  const keep = (outcome: Outcome, reason: string | undefined, after: number | null = before): Result => ({
    outcome: { meter: id, outcome, before, after, sku: undefined, reason },
    price,
  });
  if (meter.refreshable === false) return keep('by hand', 'the price list has no single product for it');
  const file = files.get(meter.serviceCode);
  if (file === undefined) return keep('not found', `no price list of ${meter.serviceCode}`);
  const candidates = candidatesFor(meter, region, file);
  const distinct = new Map(candidates.map((candidate) => [JSON.stringify(candidate.tiers), candidate]));
  const [found, ...others] = [...distinct.values()];
  if (found === undefined) return keep('not found', `no product with usage type ${meter.usageType}`);
  if (others.length > 0) {
    const skus = candidates.map(({ sku }) => sku).join(', ');
    return keep('refused', `${distinct.size} different prices match (${skus}): add an attribute to the meter`);
  }
  const after = found.tiers[0]?.usd ?? null;
  if (after === 0) return keep('refused', `product ${found.sku} is free: more often a free tier than the price`, 0);
  const change = before === null || after === null ? 0 : Math.abs(after / before - 1);
  if (change > PLAUSIBLE && !confirmed.has(id)) {
    return keep('refused', `a change of ${(change * 100).toFixed(0)} % needs --confirm ${id}`, after);
  }
  const outcome: Outcome =
    before === null ? 'new' : isSame(found.tiers, book.tiers(id, region)) ? 'unchanged' : 'updated';
  return {
    outcome: { meter: id, outcome, before, after, sku: found.sku, reason: undefined },
    price: {
      ...pricesOf(found.tiers),
      asOf: file.publicationDate.slice(0, 10),
      confidence: 'high',
      sources: ['refresh', `sku:${found.sku}`],
    },
  };
}

function pricesOf(tiers: readonly Tier[]): Pick<Price, 'usd' | 'tiers'> {
  return tiers.length > 1 ? { tiers } : { usd: tiers[0]?.usd ?? null };
}

function isSame(a: readonly Tier[], b: readonly Tier[] | undefined): boolean {
  return a.length === b?.length && a.every(({ upTo, usd }, index) => upTo === b[index]?.upTo && usd === b[index]?.usd);
}
