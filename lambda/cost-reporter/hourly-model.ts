import type { PriceBook } from '../../analysis/cost/prices/price-book';
import type { Sample } from '../../runtime/telemetry/emf';
import type { UsageRow } from './report-event';

export interface HourOfUsage {
  readonly environment: string;
  readonly region: string;
  readonly usage: readonly UsageRow[];
  /** Value of each row's metric, in the same order; `undefined` without data. */
  readonly values: readonly (number | undefined)[];
  /** Requests of the hour; `undefined` without data. */
  readonly requests: number | undefined;
  /** Mean cost per request of the week before; `undefined` in the first week. */
  readonly baseline: number | undefined;
}

/**
 * What the hour cost, by component, and what a request cost. An hour without requests has no cost per request: neither
 * zero nor infinity says anything about it. First tiers apply, because no hour knows the month; the daily truth shows the
 * error of that.
 */
export function modelOf(hour: HourOfUsage, prices: PriceBook): readonly Sample[] {
  const environment = { environment: hour.environment };
  const components = new Map<string, number>();
  let unpriced = 0;
  hour.usage.forEach((row, index) => {
    const amount = row.metric === undefined ? row.factor : (hour.values[index] ?? 0) * row.factor;
    const component = prices.meter(row.meter)?.component;
    const price = prices.firstUnit(row.meter, hour.region);
    if (component === undefined || price === undefined) unpriced += 1;
    else components.set(component, (components.get(component) ?? 0) + amount * price);
  });
  const total = [...components.values()].reduce((sum, usd) => sum + usd, 0);
  const sample = (name: string, value: number): Sample => ({ name, labels: environment, value });
  return [
    ...[...components].map(([component, value]) => ({
      name: 'cost_usd',
      labels: { ...environment, component },
      value,
    })),
    sample('cost_total_usd', total),
    sample('cost_unpriced_meters', unpriced),
    ...perRequest(total, hour).map(([name, value]) => sample(name, value)),
  ];
}

function perRequest(total: number, { requests, baseline }: HourOfUsage): readonly (readonly [string, number])[] {
  if (requests === undefined || requests <= 0) return [];
  const cost = total / requests;
  const known = baseline !== undefined && baseline > 0;
  return [
    ['cost_per_request_usd', cost],
    ...(known ? [['cost_per_request_change_percent', (cost / baseline - 1) * 100] as const] : []),
  ];
}
