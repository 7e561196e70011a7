import type { Assembly } from '../../template';
import type { Usage } from './usage';

/** Template metadata in which a platform says what it is built for. */
const OBJECTIVES = 'Headroom::Objectives';

/**
 * `usage` with the traffic that the assembly itself states as its objective, unless it was given. With several
 * environments in one assembly their traffic adds up.
 */
export function withObjectives(usage: Usage, assembly: Assembly, hours: number): Usage {
  if (usage.given.has('requests')) return usage;
  const perHour = assembly.stacks.flatMap(({ metadata }) => {
    const objectives = metadata[OBJECTIVES];
    const requests = isRecord(objectives) ? objectives['requestsPerHour'] : undefined;
    return typeof requests === 'number' ? [requests] : [];
  });
  if (perHour.length === 0) return usage;
  const requests = perHour.reduce((sum, value) => sum + value, 0) * hours;
  return { ...usage, source: `${usage.source}, requests from the objectives`, traffic: { ...usage.traffic, requests } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
