import type { Estimate, Line } from '../estimate-model';
import type { PerRequest } from '../per-request';
import { COMPONENTS } from '../prices/price-book';
import { amount, money, percent, spread } from './format';

/** An estimate with its figures per request: what every form of the report shows. */
export interface EstimateReport {
  /** `Production`, or the file. */
  readonly title: string;
  readonly estimate: Estimate;
  readonly perRequest: PerRequest;
}

/** `1,685.14 USD per month (1,102.05 – 2,400.10)`. */
export function headline({ estimate: { total, counts } }: EstimateReport): string {
  const least = counts.unpriced > 0 ? `, at least: ${counts.unpriced} resources are unpriced` : '';
  return `${money(total.expected)} USD per month (${spread(total)})${least}`;
}

/** Sentences about requests, the floor and the quality of the figures. */
export function remarks({ estimate, perRequest }: EstimateReport): readonly string[] {
  const { averagePerMillion, marginalPerMillion, fixedFloor } = perRequest;
  const { priced, free, unpriced } = estimate.counts;
  const rate =
    averagePerMillion === undefined || marginalPerMillion === undefined
      ? 'no requests'
      : `per million requests: ${money(averagePerMillion.expected)} USD on average, ${money(marginalPerMillion)} USD for one million more`;
  const stale = new Set(estimate.stalePrices).size;
  return [
    `${rate}, at ${amount(estimate.requests)} requests per month (${estimate.usage})`,
    `fixed floor, without any request: ${money(fixedFloor.expected)} USD`,
    `${priced} resources priced, ${free} free, ${unpriced} unpriced`,
    ...(stale > 0 ? [`${stale} prices in it are older than 180 days or of unknown age: npm run prices`] : []),
  ];
}

/** One row per component: name, low, expected, high, share. */
export function componentRows({ estimate }: EstimateReport): readonly (readonly string[])[] {
  return COMPONENTS.filter((name) => estimate.components[name].high > 0).map((name) => {
    const { low, expected, high } = estimate.components[name];
    return [name, money(low), money(expected), money(high), percent(expected, estimate.total.expected)];
  });
}

export const COMPONENT_HEAD = ['component', 'low', 'expected', 'high', 'share'];
export const LINE_HEAD = ['resource', 'meter', 'quantity', 'USD', 'low – high', 'from', 'why'];

/** One row per line, the dearest first; `undefined` shows all. */
export function lineRows({ estimate }: EstimateReport, most?: number): readonly (readonly string[])[] {
  return dearest(estimate.lines)
    .slice(0, most)
    .map((line) => [
      line.address,
      `${line.meter}${line.label === undefined ? '' : ` (${line.label})`}`,
      `${amount(line.quantity.expected)} ${line.unit}`,
      line.usd === null ? 'unknown' : money(line.usd.expected),
      line.usd === null ? '' : spread(line.usd),
      line.quantity.origin,
      line.quantity.why,
    ]);
}

/** Resources without a price and the reason: what the total leaves out. */
export function unpricedRows({ estimate }: EstimateReport): readonly (readonly string[])[] {
  return estimate.resources.flatMap(({ status, address, type, reason }) =>
    status === 'unpriced' ? [[address, type, reason ?? '']] : [],
  );
}

/** Lines by expected cost, those without a price first. */
function dearest(lines: readonly Line[]): readonly Line[] {
  const cost = ({ usd }: Line): number => usd?.expected ?? Number.POSITIVE_INFINITY;
  return [...lines].sort((a, b) => (cost(a) === cost(b) ? 0 : cost(b) - cost(a)));
}
