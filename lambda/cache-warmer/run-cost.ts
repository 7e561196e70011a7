import type { PriceBook } from '../../analysis/cost/prices/price-book';
import type { WarmEdgeReport } from './warm-edge';

/**
 * What runs of a function of so much memory cost in USD by list prices, with what they had done in other regions and the
 * requests at the CDN. A region that the price book does not have is taken for this one.
 */
export function runCost(
  prices: Pick<PriceBook, 'firstUnit'>,
  home: string,
  memoryMiB: number,
): (milliseconds: number, edge: WarmEdgeReport['regions']) => number {
  const price = (meter: string, region: string): number =>
    prices.firstUnit(meter, region) ?? prices.firstUnit(meter, home) ?? 0;
  const call = (gigabyteSeconds: number, region: string): number =>
    price('lambda.request', region) + gigabyteSeconds * price('lambda.gbsecond.arm', region);
  return (milliseconds, edge) =>
    Object.entries(edge).reduce(
      (sum, [region, { requests, gigabyteSeconds }]) =>
        sum +
        (gigabyteSeconds > 0 ? call(gigabyteSeconds, region) : 0) +
        (requests / 10_000) * price(`cloudfront.req.https.${zoneOf(region)}`, region),
      call((milliseconds / 1_000) * (memoryMiB / 1_024), home),
    );
}

/** CloudFront's price zone of a region, as far as the price book has it; elsewhere requests cost more. */
function zoneOf(region: string): 'us' | 'eu' {
  return region.startsWith('eu-') ? 'eu' : 'us';
}
