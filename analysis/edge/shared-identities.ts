import type { Distribution, DistributionBehaviour } from './distribution';
import { type EdgeAnswer, evaluateRequest, type ViewerRequest } from './evaluate-request';

/** A behaviour that may give one caller's answer to another. */
export interface SharedIdentity {
  /** Path pattern of the behaviour. */
  readonly behaviour: string;
  /** What identifies the caller: `cookie session`, `header authorization`, … */
  readonly identity: string;
}

interface Identity {
  readonly name: string;
  readonly of: (caller: string) => Pick<ViewerRequest, 'cookies' | 'headers'>;
  readonly reaches: (forwarded: NonNullable<EdgeAnswer['forwarded']>) => boolean;
}

const cookie = (name: string): Identity => ({
  name: `cookie ${name}`,
  of: (caller) => ({ cookies: { [name]: caller } }),
  reaches: ({ cookies }) => cookies.includes(name),
});

const header = (name: string): Identity => ({
  name: `header ${name}`,
  of: (caller) => ({ headers: { [name]: caller } }),
  reaches: ({ headers }) => headers.includes(name),
});

/** By what services tell callers apart. Any cookie may be a session: those that the behaviour names, else an example. */
function identitiesOf({ originRequest: { cookies } }: DistributionBehaviour): readonly Identity[] {
  const names = cookies.kind === 'only' ? cookies.names : ['session'];
  return [...names.map(cookie), header('authorization'), header('x-api-key')];
}

/**
 * Behaviours whose origin learns who asks while the cache key does not have it: found by sending two callers' requests
 * through policies and functions. Such an answer is safe only as long as the origin never forgets `private`.
 */
export function sharedIdentities(distribution: Distribution): readonly SharedIdentity[] {
  return distribution.behaviours.flatMap((behaviour) =>
    identitiesOf(behaviour)
      .filter((identity) => mixes(distribution, examplePath(behaviour.pattern), identity))
      .map(({ name }) => ({ behaviour: behaviour.pattern, identity: name })),
  );
}

function mixes(distribution: Distribution, url: string, identity: Identity): boolean {
  const ask = (caller: string): EdgeAnswer => evaluateRequest(distribution, { url, ...identity.of(caller) });
  const [one, other] = [ask('alice'), ask('bob')];
  return (
    one.cacheKey !== undefined &&
    one.cacheKey === other.cacheKey &&
    one.forwarded !== undefined &&
    identity.reaches(one.forwarded)
  );
}

/** A path that the pattern matches. */
function examplePath(pattern: string): string {
  const path = pattern.replaceAll('*', 'x').replaceAll('?', 'x');
  return path.startsWith('/') ? path : `/${path}`;
}
