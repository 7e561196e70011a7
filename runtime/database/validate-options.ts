import { type DatabaseOptions, replicaAddresses, withDefaults } from './options';
import { POOL_DEFAULTS } from './pool';

/** A number with its least and greatest sensible value. */
type Range = readonly [name: string, value: number, min: number, max: number];

const HOUR = 3_600_000;

/** What cannot work about the options, every problem at once; empty when all is well. */
export function validateOptions(given: DatabaseOptions): readonly string[] {
  const options = withDefaults(given);
  const pool = { ...POOL_DEFAULTS, ...options.pool };
  const ranges: readonly Range[] = [
    ['maxLagMillis', options.maxLagMillis, 1, HOUR],
    ['pollIntervalMillis', options.pollIntervalMillis, 10, 60_000],
    ['statementTimeoutMillis', options.statementTimeoutMillis, 1, HOUR],
    ['transactionTimeoutMillis', options.transactionTimeoutMillis, 1, HOUR],
    ['failoverTimeoutMillis', options.failoverTimeoutMillis, 0, HOUR],
    ['maxFallbackReads', options.maxFallbackReads, 1, 10_000],
    ['pool.max', pool.max, 1, 1_000],
    ['pool.min', pool.min, 0, pool.max],
    ['pool.maxWaiting', pool.maxWaiting, 0, 1_000_000],
    ['pool.acquireTimeoutMillis', pool.acquireTimeoutMillis, 1, HOUR],
    ['pool.connectTimeoutMillis', pool.connectTimeoutMillis, 1, HOUR],
    ['pool.idleTimeoutMillis', pool.idleTimeoutMillis, 0, 24 * HOUR],
    ['pool.maxLifetimeMillis', pool.maxLifetimeMillis, 1_000, 24 * HOUR],
    ['pool.validateAfterIdleMillis', pool.validateAfterIdleMillis, 0, 24 * HOUR],
  ];
  return [
    ...ranges.filter(([, value, min, max]) => !(value >= min && value <= max)).map(outOfRange),
    ...(options.maxLagMillis < 2 * options.pollIntervalMillis ? [tooRare(options)] : []),
    ...duplicates(given).map((name) => `each server needs a name of its own, '${name}' is used twice`),
  ];
}

function outOfRange([name, value, min, max]: Range): string {
  return `\`${name}\` must be between ${min} and ${max}, got ${value}`;
}

/** What is known of a replica ages between polls: with so few, every replica would count as too far behind. */
function tooRare({ maxLagMillis, pollIntervalMillis }: { maxLagMillis: number; pollIntervalMillis: number }): string {
  return `\`maxLagMillis\` (${maxLagMillis}) must be at least twice \`pollIntervalMillis\` (${pollIntervalMillis}); poll more often`;
}

function duplicates(options: DatabaseOptions): readonly string[] {
  const names = [options.primary, ...replicaAddresses(options)].map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
