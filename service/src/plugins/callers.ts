import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { rateLimitHeaders } from '../../../runtime/limits';
import type { Dependencies } from '../dependencies';
import { HttpProblem } from '../problem';
import { rateLimits, type Tier } from '../rate-limits';

/** Who is asking, as far as limits and permissions go. */
export interface Caller {
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
  instance.addHook('onRequest', async (request, reply) => {
    const key = request.headers['x-api-key'];
    const caller = key === undefined ? anonymous(request) : await clientWithKey(deps, String(key));
    request.caller = caller;
    await checkLimit(deps, request, reply, caller.tier, caller.subject);
  });
}

/** Counts one request of `subject` in `tier`, and says so in the headers. */
export async function checkLimit(
  { rateLimiter }: Pick<Dependencies, 'rateLimiter'>,
  request: FastifyRequest,
  reply: FastifyReply,
  tier: keyof typeof rateLimits,
  subject: string,
): Promise<void> {
  const decision = await rateLimiter.check(tier, subject);
  reply.headers(rateLimitHeaders(decision));
  if (decision.allowed) return;
  const { perMinute } = rateLimits[tier];
  const detail = `more than ${perMinute} requests per minute; try again in ${decision.retryAfterSeconds} s`;
  request.log.debug({ requestId: request.id, tier }, 'rate limited');
  throw new HttpProblem(429, detail);
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

/** Fails unless the caller may change the catalogue. */
export function requireEditor({ caller }: FastifyRequest): void {
  if (caller?.mayEdit === true) return;
  if (caller?.subject.startsWith('client:')) throw new HttpProblem(403, 'the key is not one of an editor');
  throw new HttpProblem(401, "this needs an editor's key in the x-api-key header");
}
