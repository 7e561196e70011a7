import discountsJson from './discounts.json';
import euWest1 from './eu-west-1.json';
import metersJson from './meters.json';
import usEast1 from './us-east-1.json';
import usWest2 from './us-west-2.json';

/** Parts of the bill, in the order in which reports show them. */
export const COMPONENTS = [
  'compute',
  'database',
  'cache',
  'storage',
  'network',
  'edge',
  'observability',
  'security',
] as const;
export type Component = (typeof COMPONENTS)[number];

/** What AWS counts: one usage type of its bill. */
export interface Meter {
  /** What one unit is, such as `GB` or `1M requests`. */
  readonly unit: string;
  readonly component: Component;
  /** Service code of the AWS Price List. */
  readonly serviceCode: string;
  /** Usage type without the region's prefix, as in Cost Explorer. */
  readonly usageType: string;
  /** How many of the price list's units make one of ours. @default 1 */
  readonly per?: number;
  /** Attributes that tell this product from others with the same usage type. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Units per month and account that AWS gives for nothing. @default 0 */
  readonly freePerMonth?: number;
  /** `false` when the price list has no product for it, so that a person must look. @default true */
  readonly refreshable?: boolean;
}

/** A step of a graduated price: `usd` applies up to `upTo` units per month; the last step has no bound. */
export interface Tier {
  readonly upTo?: number;
  readonly usd: number;
}

/** One price of one region. */
export interface Price {
  /** USD per unit; `null` when nobody knows. Absent when there are `tiers`. */
  readonly usd?: number | null;
  readonly tiers?: readonly Tier[];
  /** Date the price was read, as precise as its source tells; `null` when it does not. */
  readonly asOf: string | null;
  readonly confidence: 'high' | 'medium' | 'low' | 'none';
  /** Keys of `sources.json`. */
  readonly sources: readonly string[];
  /** Why the value stands for this region although it was not read there. */
  readonly basis?: string;
}

/** A share off the on-demand price. */
export interface Discount {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
  readonly asOf: string | null;
  readonly confidence: string;
}

export type RegionalPrices = Readonly<Record<string, Price>>;

/** Unit prices by region and meter, as data: nothing is looked up while an estimate is made. */
export class PriceBook {
  public constructor(
    public readonly meters: Readonly<Record<string, Meter>>,
    private readonly byRegion: Readonly<Record<string, RegionalPrices>>,
    private readonly discounts: Readonly<Record<string, Discount>> = {},
  ) {}

  /** Regions with prices. */
  public get regions(): readonly string[] {
    return Object.keys(this.byRegion);
  }

  public meter(id: string): Meter | undefined {
    return this.meters[id];
  }

  /** The steps of a price, or `undefined` when it is unknown. Never zero for want of knowledge. */
  public tiers(meter: string, region: string): readonly Tier[] | undefined {
    const price = this.price(meter, region);
    if (price?.tiers !== undefined) return price.tiers;
    return typeof price?.usd === 'number' ? [{ usd: price.usd }] : undefined;
  }

  public price(meter: string, region: string): Price | undefined {
    return this.byRegion[region]?.[meter];
  }

  /** USD of the first unit, or `undefined` when it is unknown. */
  public firstUnit(meter: string, region: string): number | undefined {
    return this.tiers(meter, region)?.[0]?.usd;
  }

  public discount(name: string): Discount | undefined {
    return this.discounts[name];
  }

  /** The same book without one price: what an estimate does without it can be tried. */
  public without(meter: string, region: string): PriceBook {
    const { [meter]: _removed, ...rest } = this.byRegion[region] ?? {};
    return new PriceBook(this.meters, { ...this.byRegion, [region]: rest }, this.discounts);
  }

  /** Meters of `region` whose price was read more than `days` before `today`, or at no known date. */
  public stale(region: string, today: Date, days = 180): readonly string[] {
    const limit = today.getTime() - days * 86_400_000;
    return Object.entries(this.byRegion[region] ?? {}).flatMap(([meter, price]) => {
      const known = price.usd !== null;
      const read = price.asOf === null ? Number.NEGATIVE_INFINITY : Date.parse(price.asOf);
      return known && read < limit ? [meter] : [];
    });
  }
}

/** The project's own book. */
export const PRICE_BOOK = new PriceBook(
  metersJson.meters as Readonly<Record<string, Meter>>,
  {
    'us-east-1': usEast1.prices as RegionalPrices,
    'us-west-2': usWest2.prices as RegionalPrices,
    'eu-west-1': euWest1.prices as RegionalPrices,
  },
  discountsJson.discounts,
);
