import type { EdgeReport } from '../shared/edge-order';

/** A region that requests through the CDN can come from. */
export interface EdgeRegion {
  /** Such as `us-west-2`. */
  readonly name: string;
  /**
   * Asks for `paths` through the CDN from there, none after `deadline` (ms since the epoch).
   *
   * @throws NotAskedError when it is certain that none was asked for; anything else when nobody knows
   */
  readonly ask: (paths: readonly string[], deadline: number) => Promise<EdgeReport>;
}

/** A region was not reached: it has asked for nothing. */
export class NotAskedError extends Error {
  public override readonly name = 'NotAskedError';
}

export interface WarmEdgeDeps {
  readonly regions: readonly EdgeRegion[];
  /** Adds to the requests of the month and returns the sum. */
  readonly spend: (requests: number) => Promise<number>;
}

export interface WarmEdgeOptions {
  /** Requests of one run, over all regions. */
  readonly maxRequests: number;
  /** Requests of one month, over all regions and runs. */
  readonly monthlyRequests: number;
  /** When to stop, in ms since the epoch. */
  readonly deadline: number;
}

/** What became of one region's share. */
export interface RegionReport extends EdgeReport {
  /** Of the requests, those of which nobody knows whether they were made, because the region failed; they are spent. */
  readonly unknown: number;
  /** Why it failed. */
  readonly failure?: string;
}

export interface WarmEdgeReport {
  /** Requests that were spent, over all regions. */
  readonly requests: number;
  /** Requests that were left out: too many for the run, for the month, or for the time. */
  readonly left: number;
  readonly regions: Readonly<Record<string, RegionReport>>;
}

const NOTHING: RegionReport = { requests: 0, hits: 0, failed: 0, unknown: 0, gigabyteSeconds: 0 };

/**
 * Has `paths`, the most wanted first, asked for through the CDN from every region at once. The regions share the budget
 * equally; it is charged before anything is asked, and what was not asked is given back.
 */
export async function warmEdge(
  paths: readonly string[],
  { regions, spend }: WarmEdgeDeps,
  { maxRequests, monthlyRequests, deadline }: WarmEdgeOptions,
): Promise<WarmEdgeReport> {
  const wanted = paths.length * regions.length;
  const charged = Math.min(wanted, maxRequests);
  const overspent = charged === 0 ? 0 : Math.max(0, (await spend(charged)) - monthlyRequests);
  const shares = divide(Math.max(0, charged - overspent), regions.length);
  const reports = await Promise.all(
    regions.map(async (region, index) => {
      return [region.name, await askFrom(region, paths.slice(0, shares[index]), deadline)] as const;
    }),
  );
  const requests = reports.reduce((sum, [, report]) => sum + report.requests, 0);
  if (charged > requests) await spend(requests - charged);
  return { requests, left: wanted - requests, regions: Object.fromEntries(reports) };
}

/** Whole shares of `total`; what does not divide goes to the first. */
function divide(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor((total + parts - 1 - index) / parts));
}

async function askFrom({ ask }: EdgeRegion, paths: readonly string[], deadline: number): Promise<RegionReport> {
  if (paths.length === 0) return NOTHING;
  try {
    return { ...(await ask(paths, deadline)), unknown: 0 };
  } catch (error) {
    const unknown = error instanceof NotAskedError ? 0 : paths.length;
    return { ...NOTHING, requests: unknown, unknown, failure: String(error) };
  }
}
