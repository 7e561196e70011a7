import { CostInputError } from '../cost-input-error';

/**
 * What is assumed about the traffic when no usage is given for a resource. Every figure is one row with its reason, and
 * every one can be set in a usage file under `traffic`.
 */
export const TRAFFIC_ASSUMPTIONS = {
  requests: { value: 73_000_000, why: 'requests per month at the edge: 100,000 an hour' },
  responseKb: { value: 10, why: 'kB of an average response' },
  originShare: { value: 0.2, why: 'share of the requests that the edge passes on' },
  apiShare: { value: 0.1, why: 'share of the passed requests that go to the serverless API' },
  connectionShare: { value: 0.05, why: 'new connections per request at the load balancer' },
  ioPerRequest: { value: 10, why: 'storage I/O per passed request, after the buffer cache' },
  storageGb: { value: 100, why: 'GB in the database' },
  dailyChange: { value: 0.02, why: 'share of the database that changes in a day' },
  logKbPerRequest: { value: 1, why: 'kB logged per passed request' },
  backgroundShare: { value: 0.02, why: 'messages put on queues per passed request' },
  crossZoneShare: { value: 0.5, why: 'share of the bytes between tiers that cross an availability zone' },
  natGbPerRequest: { value: 0.000_001, why: 'GB through the NAT gateways per passed request' },
  traceShare: { value: 0.05, why: 'share of the passed requests that are traced' },
  invocationMs: { value: 100, why: 'milliseconds of a Lambda invocation' },
  europeShare: { value: 0, why: 'share of the viewers in Europe; the others are in North America' },
} as const;

export type TrafficName = keyof typeof TRAFFIC_ASSUMPTIONS;
export type Traffic = Readonly<Record<TrafficName, number>>;

/** Every assumption at its default. */
export const DEFAULT_TRAFFIC: Traffic = Object.fromEntries(
  Object.entries(TRAFFIC_ASSUMPTIONS).map(([name, { value }]) => [name, value]),
) as Traffic;

/** The assumptions with those of `given` in place of the defaults. */
export function trafficOf(given: Readonly<Record<string, unknown>>, source: string): Traffic {
  const problems: string[] = [];
  const traffic: Record<string, number> = { ...DEFAULT_TRAFFIC };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(TRAFFIC_ASSUMPTIONS, name)) {
      problems.push(`\`traffic.${name}\` is not known: use ${Object.keys(TRAFFIC_ASSUMPTIONS).join(', ')}`);
    } else if (typeof value !== 'number' || !(value >= 0 && Number.isFinite(value))) {
      problems.push(`\`traffic.${name}\` must be a number of at least 0, got ${String(value)}`);
    } else traffic[name] = value;
  }
  if (problems.length > 0) throw new CostInputError(`${source}:\n${problems.map((text) => `  - ${text}`).join('\n')}`);
  return traffic as Traffic;
}
