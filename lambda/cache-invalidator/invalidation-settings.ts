import { type Rows, readEnvironment } from '../../service/src/environment';
import type { FlushOptions } from './flush-purges';

/** What the function is told by its construct (lib/constructs/cache-warming/cache-invalidator.ts). */
interface Settings {
  readonly windowMs: number;
  readonly settleMs: number;
  readonly wildcard: string;
  readonly wildcardFrom: number;
  readonly monthlyPaths: number;
  readonly whenSpent: string;
  readonly wildcardEverySeconds: number;
}

const rows: Rows<Settings> = {
  windowMs: { variable: 'CDN_WINDOW_MILLISECONDS', kind: 'integer', min: 100, max: 60_000, default: 5_000 },
  settleMs: { variable: 'CDN_SETTLE_MILLISECONDS', kind: 'integer', min: 0, max: 10_000, default: 200 },
  wildcard: { variable: 'CDN_WILDCARD', kind: 'text', default: '/api/*' },
  wildcardFrom: { variable: 'CDN_WILDCARD_FROM', kind: 'integer', min: 2, max: 3_000, default: 200 },
  monthlyPaths: { variable: 'CDN_MONTHLY_PATHS', kind: 'integer', min: 0, max: 10_000_000, default: 1_000 },
  whenSpent: { variable: 'CDN_WHEN_SPENT', kind: 'choice', choices: ['wildcard', 'ttl'], default: 'wildcard' },
  wildcardEverySeconds: { variable: 'CDN_WILDCARD_EVERY_SECONDS', kind: 'integer', min: 60, max: 86_400, default: 300 },
};

/** @throws InvalidEnvironmentError naming every variable that is wrong */
export function readInvalidationSettings(
  environment: NodeJS.ProcessEnv,
): Omit<FlushOptions, 'deadline'> & { readonly settleMs: number } {
  const { whenSpent, wildcardEverySeconds, ...settings } = readEnvironment(environment, rows);
  return {
    ...settings,
    whenSpent: whenSpent === 'ttl' ? 'wait for the TTL' : { wildcardEveryMs: wildcardEverySeconds * 1_000 },
  };
}
