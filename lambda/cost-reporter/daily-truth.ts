import type { GetCostAndUsageCommandInput, GetCostAndUsageCommandOutput } from '@aws-sdk/client-cost-explorer';
import type { Component } from '../../analysis/cost/prices/price-book';
import type { Sample } from '../../runtime/telemetry/emf';

/** The one call that is made. Every page costs a cent: https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/. */
export type GetCostAndUsage = (input: GetCostAndUsageCommandInput) => Promise<GetCostAndUsageCommandOutput>;

export interface Day {
  readonly environment: string;
  readonly tag: string;
  /** The day, at midnight UTC. */
  readonly date: Date;
}

/** What AWS billed for the day, by component, and what no component knows. */
export interface Billed {
  readonly components: ReadonlyMap<Component, number>;
  readonly unmapped: number;
}

/** Reads one day of the environment's bill, all pages. */
export async function readBill(
  { environment, tag, date }: Day,
  componentOf: (usageType: string) => Component | undefined,
  getCostAndUsage: GetCostAndUsage,
): Promise<Billed> {
  const components = new Map<Component, number>();
  let unmapped = 0;
  let token: string | undefined;
  do {
    const answer = await getCostAndUsage({
      TimePeriod: { Start: isoDate(date), End: isoDate(new Date(date.getTime() + 86_400_000)) },
      Granularity: 'DAILY',
      Metrics: ['UnblendedCost'],
      Filter: { Tags: { Key: tag, Values: [environment], MatchOptions: ['EQUALS'] } },
      GroupBy: [{ Type: 'DIMENSION', Key: 'USAGE_TYPE' }],
      ...(token === undefined ? {} : { NextPageToken: token }),
    });
    for (const { Keys = [], Metrics } of (answer.ResultsByTime ?? []).flatMap(({ Groups = [] }) => Groups)) {
      const usd = Number(Metrics?.['UnblendedCost']?.Amount ?? 0);
      const component = componentOf(Keys[0] ?? '');
      if (component === undefined) unmapped += usd;
      else components.set(component, (components.get(component) ?? 0) + usd);
    }
    token = answer.NextPageToken;
  } while (token !== undefined);
  return { components, unmapped };
}

/** The bill beside the model of the same day: the error of the model says how far its other figures can be trusted. */
export function truthOf(
  environment: string,
  { components, unmapped }: Billed,
  modelled: ReadonlyMap<string, number>,
): readonly Sample[] {
  const labels = { environment };
  const truth = [...components.values()].reduce((sum, usd) => sum + usd, 0);
  const model = [...modelled.values()].reduce((sum, usd) => sum + usd, 0);
  return [
    ...[...components].flatMap(([component, value]) => [
      { name: 'cost_billed_usd', labels: { ...labels, component }, value },
      ...error({ ...labels, component }, modelled.get(component) ?? 0, value),
    ]),
    { name: 'cost_billed_total_usd', labels, value: truth + unmapped },
    { name: 'cost_unmapped_usd', labels, value: unmapped },
    ...error(labels, model, truth),
  ];
}

/** No error against a bill of nothing: it would be infinite. */
function error(labels: Readonly<Record<string, string>>, model: number, truth: number): readonly Sample[] {
  return truth > 0 ? [{ name: 'cost_model_error_percent', labels, value: (model / truth - 1) * 100 }] : [];
}

function isoDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}
