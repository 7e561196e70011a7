import type { ResourceUse } from './resource-use';

/** One thing to change, and why. */
export interface Recommendation {
  /** What it is about, the same from day to day. */
  readonly id: string;
  readonly kind: 'raise-ceiling' | 'right-size' | 'pool-size' | 'commitment';
  readonly title: string;
  /** Measurements and sums that led to it. */
  readonly evidence: readonly string[];
  /** USD per month; below zero it costs, and is absent where what it costs depends on the load. */
  readonly savingUsd?: number;
  readonly risk: string;
  /** Field of the configuration, and what to set. */
  readonly change: { readonly field: string; readonly to: string };
}

/** What is deployed, as far as its price and its size matter. */
export interface Deployed {
  readonly region: string;
  /** Size of a task, and how many there always are. */
  readonly task: { readonly cpu: number; readonly memoryMiB: number; readonly minTasks: number };
  readonly database: DeployedDatabase;
  /** `none` for a serverless cache, which has no size. */
  readonly cache: { readonly nodeType: string; readonly nodes: number } | 'none';
  /** Connections that each process holds to each endpoint. */
  readonly connectionsPerEndpoint: number;
}

export type DeployedDatabase = { readonly storage: 'standard' | 'io-optimized'; readonly instances: number } & (
  | { readonly kind: 'provisioned'; readonly instanceClass: string }
  | { readonly kind: 'serverless'; readonly maxAcu: number }
);

/** Uses by type. */
export type Uses = ReadonlyMap<string, ResourceUse>;

export const HOURS_PER_MONTH = 730;

export const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** The shares in use of a resource; none when nothing is known of it. */
export function sharesOf(uses: Uses, type: string): readonly number[] {
  return uses.get(type)?.points.map(({ value }) => value) ?? [];
}
