import type { Resource } from '../template';
import type { Line } from './estimate-model';
import type { PriceBook } from './prices/price-book';
import { costOf } from './prices/tiers';
import { BOUNDS, type Range, sumRanges } from './quantity';
import type { Charge } from './rules/rule';

export interface BillOptions {
  /** Region whose prices apply to everything. @default - that of the charge, else of its stack */
  readonly region?: string | undefined;
  /** Whether to take off what AWS gives every account for nothing. @default false */
  readonly freeTier?: boolean | undefined;
}

/** All charges together, because the tiers of a meter count over the whole account. */
export class Bill {
  private readonly totals = new Map<string, Range>();

  public constructor(
    private readonly prices: PriceBook,
    private readonly options: BillOptions,
  ) {}

  public add(resource: Resource, charge: Charge): void {
    const key = this.keyOf(resource, charge);
    this.totals.set(key, sumRanges([this.totals.get(key) ?? { low: 0, expected: 0, high: 0 }, charge.quantity]));
  }

  public line(resource: Resource, charge: Charge): Line {
    const region = this.regionOf(resource, charge);
    const meter = this.prices.meter(charge.meter);
    const price = this.prices.price(charge.meter, region);
    const usd = this.usdOf(resource, charge);
    const expected = charge.quantity.expected;
    return {
      id: `${nameOf(resource)} ${charge.meter}${charge.label === undefined ? '' : ` (${charge.label})`}`,
      address: resource.address,
      type: resource.type,
      region,
      meter: charge.meter,
      label: charge.label,
      component: meter?.component,
      unit: meter?.unit ?? 'unit',
      quantity: charge.quantity,
      usd,
      unitUsd:
        usd === null
          ? null
          : expected === 0
            ? (this.prices.firstUnit(charge.meter, region) ?? null)
            : usd.expected / expected,
      priceAsOf: price?.asOf ?? null,
      priceConfidence: price?.confidence ?? 'none',
    };
  }

  private usdOf(resource: Resource, charge: Charge): Range | null {
    const tiers = this.prices.tiers(charge.meter, this.regionOf(resource, charge));
    if (tiers === undefined) return null;
    const total = this.totals.get(this.keyOf(resource, charge)) ?? charge.quantity;
    const free = this.options.freeTier === true ? (this.prices.meter(charge.meter)?.freePerMonth ?? 0) : 0;
    const factor = charge.priceFactor ?? { low: 1, expected: 1, high: 1 };
    const [low = 0, expected = 0, high = 0] = BOUNDS.map((bound) => {
      if (total[bound] === 0) return 0;
      const share = charge.quantity[bound] / total[bound];
      return costOf(Math.max(total[bound] - free, 0), tiers) * share * factor[bound];
    });
    return { low, expected, high };
  }

  private keyOf(resource: Resource, charge: Charge): string {
    return `${charge.meter} ${this.regionOf(resource, charge)}`;
  }

  private regionOf(resource: Resource, charge: Charge): string {
    return this.options.region ?? charge.region ?? resource.stack.region ?? 'unknown';
  }
}

/** The same in every environment: `Network/NatGateway`. */
function nameOf({ stack, logicalId }: Resource): string {
  const stages = stack.stages.join('/');
  return `${stack.displayName.startsWith(`${stages}/`) ? stack.displayName.slice(stages.length + 1) : stack.displayName}/${logicalId}`;
}
