import type { PriceBook } from '../../analysis/cost/prices/price-book';

/** What runs of a function of so much memory cost in USD, with so many requests at the CDN, by list prices. */
export function runCost(
  prices: Pick<PriceBook, 'firstUnit'>,
  region: string,
  memoryMiB: number,
): (milliseconds: number, edgeRequests: number) => number {
  const gigabyteSecond = prices.firstUnit('lambda.gbsecond.arm', region) ?? 0;
  const request = prices.firstUnit('lambda.request', region) ?? 0;
  const tenThousand = prices.firstUnit('cloudfront.req.https.us', region) ?? 0;
  return (milliseconds, edgeRequests) =>
    request + (milliseconds / 1_000) * (memoryMiB / 1_024) * gigabyteSecond + (edgeRequests / 10_000) * tenThousand;
}
