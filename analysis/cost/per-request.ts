import type { Assembly } from '../template';
import { type EstimateOptions, estimate } from './estimate';
import type { Estimate } from './estimate-model';
import type { Range } from './quantity';

/** What requests cost, and what is paid without any. */
export interface PerRequest {
  /** USD per million requests: the whole bill over all requests; `undefined` without requests. */
  readonly averagePerMillion: Range | undefined;
  /** USD that one million more requests add; `undefined` without requests. */
  readonly marginalPerMillion: number | undefined;
  /** USD per month that no request is needed for: the bill at no traffic, everything scaled in. */
  readonly fixedFloor: Range;
}

const MILLION = 1_000_000;

/** Runs the estimate at no traffic and at a million requests more than given. The average alone misleads at low traffic. */
export function perRequest(assembly: Assembly, now: Estimate, options: EstimateOptions = {}): PerRequest {
  const fixedFloor = estimate(assembly, { ...options, scale: 0 }).total;
  if (now.requests === 0) return { averagePerMillion: undefined, marginalPerMillion: undefined, fixedFloor };
  const more = estimate(assembly, { ...options, scale: 1 + MILLION / now.requests });
  const millions = now.requests / MILLION;
  const { low, expected, high } = now.total;
  return {
    averagePerMillion: { low: low / millions, expected: expected / millions, high: high / millions },
    marginalPerMillion: more.total.expected - expected,
    fixedFloor,
  };
}
