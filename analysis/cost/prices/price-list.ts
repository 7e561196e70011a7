import type { Meter, Tier } from './price-book';

/** A product of the AWS price list with its on-demand price. */
export interface Candidate {
  readonly sku: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tiers: readonly Tier[];
}

/** The parts of a bulk price list file that are read: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file.html. */
export interface PriceListFile {
  readonly publicationDate: string;
  readonly products: Readonly<
    Record<string, { readonly sku: string; readonly attributes: Readonly<Record<string, string>> }>
  >;
  readonly terms: {
    readonly OnDemand?: Readonly<
      Record<string, Readonly<Record<string, { readonly priceDimensions: Readonly<Record<string, PriceDimension>> }>>>
    >;
  };
}

interface PriceDimension {
  readonly beginRange: string;
  readonly endRange: string;
  readonly pricePerUnit: { readonly USD?: string };
}

/** Usage types outside us-east-1 begin with the region's billing code. */
const USAGE_PREFIX: Readonly<Record<string, string>> = {
  'us-east-1': '',
  'us-east-2': 'USE2-',
  'us-west-1': 'USW1-',
  'us-west-2': 'USW2-',
  'ca-central-1': 'CAN1-',
  'eu-west-1': 'EU-',
  'eu-west-2': 'EUW2-',
  'eu-west-3': 'EUW3-',
  'eu-central-1': 'EUC1-',
  'eu-north-1': 'EUN1-',
  'ap-northeast-1': 'APN1-',
  'ap-southeast-1': 'APS1-',
  'ap-southeast-2': 'APS2-',
  'ap-south-1': 'APS3-',
};

/** Products of `file` that are exactly what `meter` counts: usage type with the region's prefix, and every attribute. */
export function candidatesFor(meter: Meter, region: string, file: PriceListFile): readonly Candidate[] {
  const prefix = USAGE_PREFIX[region];
  if (prefix === undefined) throw new Error(`the billing code of ${region} is not known`);
  const wanted = { usagetype: `${prefix}${meter.usageType}`, ...meter.attributes };
  return Object.values(file.products).flatMap(({ sku, attributes }) => {
    if (!Object.entries(wanted).every(([name, value]) => attributes[name] === value)) return [];
    const tiers = onDemandTiers(file, sku, meter.per ?? 1);
    return tiers.length === 0 ? [] : [{ sku, attributes, tiers }];
  });
}

/** The file of one service and region: no credentials are needed for it. */
export function priceListUrl(serviceCode: string, region: string): string {
  return `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/${serviceCode}/current/${region}/index.json`;
}

function onDemandTiers(file: PriceListFile, sku: string, per: number): readonly Tier[] {
  const dimensions = Object.values(file.terms.OnDemand?.[sku] ?? {}).flatMap((term) =>
    Object.values(term.priceDimensions),
  );
  return dimensions
    .map(({ beginRange, endRange, pricePerUnit }) => ({
      from: Number(beginRange),
      to: Number(endRange),
      usd: Number(pricePerUnit.USD),
    }))
    .filter(({ usd }) => Number.isFinite(usd))
    .sort((a, b) => a.from - b.from)
    .map(({ to, usd }) => ({
      // The list prices single requests, the book what a person reads: a million of them. 12 digits hide the binary tail.
      usd: Number((usd * per).toPrecision(12)),
      ...(Number.isFinite(to) ? { upTo: to / per } : {}),
    }));
}
