import type { Component, PriceBook } from '../../analysis/cost/prices/price-book';

/** Finds the component of a usage type of the bill, whatever region it is from. */
export function componentOfUsageType(prices: PriceBook): (usageType: string) => Component | undefined {
  const exact = new Map<string, Component>();
  const suffixes: [suffix: string, component: Component][] = [];
  for (const { usageType, component } of Object.values(prices.meters)) {
    if (usageType.startsWith('*')) suffixes.push([usageType.slice(1).split(' ')[0] ?? '', component]);
    else for (const name of usageType.split(' / ')) exact.set(name, component);
  }
  return (usageType) =>
    exact.get(usageType) ??
    exact.get(withoutRegion(usageType)) ??
    suffixes.find(([suffix]) => usageType.endsWith(suffix))?.[1];
}

/** `EUW2-NatGateway-Hours` and `USE1-EUW1-AWS-Out-Bytes` begin with one or two billing codes of regions. */
function withoutRegion(usageType: string): string {
  return usageType.replace(/^(?:[A-Z]{2,4}\d?-)+/u, '');
}
