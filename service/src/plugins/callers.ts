import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type RateLimitDecision, rateLimitHeaders } from '../../../runtime/limits';
import type { Dependencies } from '../dependencies';
import { HttpProblem } from '../problem';
import { rateLimits, type Tier } from '../rate-limits';

/** Who is asking, as far as limits and permissions go. */
interface Caller {
  readonly tier: Tier;
  /** Whom the limit counts: a client's name or an address. */
  readonly subject: string;
  readonly mayEdit: boolean;
}

/** A client of the API as the database knows it. */
interface ApiClient extends Record<string, unknown> {
  readonly name: string;
  readonly tier: 'free' | 'standard' | 'premium';
  readonly mayEdit: boolean;
}

const CLIENT = 'SELECT name, tier, may_edit AS "mayEdit" FROM api_clients WHERE key_hash = $1';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined;
  }
}

/** Finds out who asks, and refuses who asks too often. What the caller says about itself counts only with proof. */
export function limitCallers(instance: FastifyInstance, deps: Dependencies): void {
  instance.decorateRequest('caller', undefined);
  // Callback style: the usual request needs no promise to find out that it may go on.
  instance.addHook('onRequest', (request, reply, done) => {
    const key = request.headers['x-api-key'];
    if (key === undefined) {
      request.caller = anonymous(request);
      applyLimit(deps, request, reply, 'anonymous', request.caller.subject, done);
      return;
    }
    clientWithKey(deps, String(key)).then((caller) => {
      request.caller = caller;
      applyLimit(deps, request, reply, caller.tier, caller.subject, done);
    }, done);
  });
}

/** Counts one request of `subject` in `tier`, says so in the headers, and goes on or refuses. */
export function applyLimit(
  { limits }: Pick<Dependencies, 'limits'>,
  request: FastifyRequest,
  reply: FastifyReply,
  tier: keyof typeof rateLimits,
  subject: string,
  done: (error?: Error) => void,
): void {
  const decide = (decision: RateLimitDecision): void => {
    reply.headers(rateLimitHeaders(decision));
    if (decision.allowed) {
      done();
      return;
    }
    request.log.debug({ requestId: request.id, tier }, 'rate limited');
    const { perMinute } = rateLimits[tier];
    const detail = `more than ${perMinute} requests per minute; try again in ${decision.retryAfterSeconds} s`;
    done(new HttpProblem(429, detail));
  };
  const decision = limits.check(tier, subject);
  if (decision instanceof Promise) decision.then(decide, done);
  else decide(decision);
}

function anonymous(request: FastifyRequest): Caller {
  return { tier: 'anonymous', subject: `address:${request.ip}`, mayEdit: false };
}

async function clientWithKey({ cache, database }: Dependencies, key: string): Promise<Caller> {
  const hash = createHash('sha256').update(key).digest();
  const client = await cache.getOrLoad('client', hash.toString('base64url'), async ({ preferPrimary }) => {
    const { rows } = await database.read<ApiClient>(CLIENT, [hash], { from: preferPrimary ? 'primary' : 'replica' });
    return rows[0];
  });
  if (client === undefined) throw new HttpProblem(401, 'the x-api-key header holds no key that is known');
  return { tier: client.tier, subject: `client:${client.name}`, mayEdit: client.mayEdit };
}

/** The name of the client whose key the caller has; fails without one. */
export function requireClient({ caller }: FastifyRequest): string {
  if (caller?.subject.startsWith('client:')) return caller.subject.slice('client:'.length);
  throw new HttpProblem(401, "this needs a client's key in the x-api-key header");
}

/** Fails unless the caller may change the catalogue. */
export function requireEditor({ caller }: FastifyRequest): void {
  if (caller?.mayEdit === true) return;
  if (caller?.subject.startsWith('client:')) throw new HttpProblem(403, 'the key is not one of an editor');
  throw new HttpProblem(401, "this needs an editor's key in the x-api-key header");
}
