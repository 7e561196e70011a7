import type { FastifyInstance, FastifyReply } from 'fastify';
import { EVENTS, type EventType } from '../../../runtime/events';
import type { Subscription, Subscriptions } from '../../../runtime/webhooks';
import { SubscriptionRefusedError, TooManySubscriptionsError } from '../../../runtime/webhooks';
import { requireClient } from '../plugins/callers';
import { HttpProblem } from '../problem';
import * as schema from '../schemas';

const ID = { type: 'string', format: 'uuid', maxLength: 36 } as const;
const LETTER = { type: 'string', pattern: '^[0-9]{1,18}$' } as const;
const TIME = { type: 'string', format: 'date-time' } as const;
const SETTINGS = {
  url: {
    type: 'string',
    minLength: 1,
    maxLength: 2000,
    description: 'https, port 443 or 8443, on the public internet',
  },
  eventTypes: { type: 'array', minItems: 1, maxItems: 50, uniqueItems: true, items: { enum: Object.keys(EVENTS) } },
} as const;
const STATE = { type: 'string', enum: ['active', 'paused'] } as const;
const SUBSCRIPTION = { id: ID, ...SETTINGS, state: STATE, createdAt: TIME, failures: { type: 'integer' } } as const;
const SECRET = { type: 'string', description: 'signs the messages; shown this once' } as const;
const PARAMS = schema.object({ id: ID }, ['id']);

type ById = { Params: { id: string } };
type Settings = { readonly url: string; readonly eventTypes: readonly EventType[] };

/** Who is told of what happens, at which URL. Each client of the API sees and changes its own only. */
export function webhookRoutes(instance: FastifyInstance, subscriptions: Subscriptions): void {
  instance.addHook('onRequest', async (_request, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store');
  });
  collectionRoutes(instance, subscriptions);
  subscriptionRoutes(instance, subscriptions);
  deadLetterRoutes(instance, subscriptions);
}

function collectionRoutes(instance: FastifyInstance, subscriptions: Subscriptions): void {
  instance.post<{ Body: Settings }>(
    '/api/webhooks',
    {
      schema: {
        summary: 'Subscribes a URL to types of events; needs the key of a client',
        body: schema.object(SETTINGS, ['url', 'eventTypes']),
        response: schema.answers('the subscription', schema.object({ ...SUBSCRIPTION, secret: SECRET })),
      },
    },
    async (request, reply) => {
      const { subscription, secret } = await subscriptions.create(requireClient(request), request.body).catch(refusal);
      return reply.code(201).send({ ...subscription, secret });
    },
  );

  instance.get(
    '/api/webhooks',
    {
      schema: {
        summary: "The client's subscriptions",
        response: schema.answers('all of them', schema.object({ webhooks: { type: 'array', items: SUBSCRIPTION } })),
      },
    },
    async (request) => ({ webhooks: await subscriptions.list(requireClient(request)) }),
  );
}

function subscriptionRoutes(instance: FastifyInstance, subscriptions: Subscriptions): void {
  const shown = schema.answers('the subscription', schema.object(SUBSCRIPTION));
  instance.get<ById>(
    '/api/webhooks/:id',
    { schema: { summary: 'One subscription', params: PARAMS, response: shown } },
    async (request) => {
      const { id } = request.params;
      return known(id, await subscriptions.find(requireClient(request), id));
    },
  );

  instance.patch<ById & { Body: Partial<Settings & Pick<Subscription, 'state'>> }>(
    '/api/webhooks/:id',
    {
      schema: {
        summary: 'Changes, pauses or resumes a subscription; what waits is tried at once',
        params: PARAMS,
        body: { ...schema.object({ ...SETTINGS, state: STATE }), minProperties: 1 },
        response: shown,
      },
    },
    async (request) => {
      const { id } = request.params;
      return known(id, await subscriptions.update(requireClient(request), id, request.body).catch(refusal));
    },
  );

  instance.delete<ById>(
    '/api/webhooks/:id',
    { schema: { summary: 'Ends a subscription', params: PARAMS, response: schema.answers('it has ended') } },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await subscriptions.remove(requireClient(request), id))) throw unknown(id);
      return reply.code(204).send();
    },
  );

  instance.post<ById>(
    '/api/webhooks/:id/secret',
    {
      schema: {
        summary: 'Makes a new secret; the one before it signs too for 24 hours',
        params: PARAMS,
        response: schema.answers('the new secret', schema.object({ secret: SECRET })),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const secret = known(id, await subscriptions.rotateSecret(requireClient(request), id));
      return reply.code(201).send({ secret });
    },
  );
}

function deadLetterRoutes(instance: FastifyInstance, subscriptions: Subscriptions): void {
  const letter = schema.object({
    id: LETTER,
    eventId: ID,
    eventType: { type: 'string' },
    createdAt: TIME,
    diedAt: TIME,
    attempts: { type: 'integer' },
    lastError: { type: 'string' },
  });
  instance.get<ById & { Querystring: { after?: string; limit: number } }>(
    '/api/webhooks/:id/dead-letters',
    {
      schema: {
        summary: 'What could not be delivered within 24 hours, the oldest first; kept for 30 days',
        params: PARAMS,
        querystring: schema.object({
          after: LETTER,
          limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
        }),
        response: schema.answers(
          'a page',
          schema.object({ deadLetters: { type: 'array', items: letter }, next: LETTER }),
        ),
      },
    },
    async (request) => {
      const [client, { id }, { limit, after }] = [requireClient(request), request.params, request.query];
      known(id, await subscriptions.find(client, id));
      const deadLetters = await subscriptions.deadLetters(client, id, limit, after);
      const last = deadLetters.at(-1);
      return { deadLetters, ...(deadLetters.length === limit && last !== undefined && { next: last.id }) };
    },
  );

  instance.post<ById & { Body: { ids?: readonly string[] } }>(
    '/api/webhooks/:id/dead-letters/replay',
    {
      schema: {
        summary: 'Delivers dead letters again: those that are named, or the oldest thousand',
        params: PARAMS,
        body: schema.object({ ids: { type: 'array', minItems: 1, maxItems: 1000, items: LETTER } }),
        response: schema.answers('how many wait again', schema.object({ replayed: { type: 'integer' } })),
      },
    },
    async (request, reply) => {
      const [client, { id }] = [requireClient(request), request.params];
      known(id, await subscriptions.find(client, id));
      return reply.code(202).send({ replayed: await subscriptions.replay(client, id, request.body.ids) });
    },
  );
}

function known<T>(id: string, found: T | undefined): T {
  if (found === undefined) throw unknown(id);
  return found;
}

function unknown(id: string): HttpProblem {
  return new HttpProblem(404, `there is no webhook ${id} of this client`);
}

/** A URL that nothing may be sent to is a problem of that field. */
function refusal(error: unknown): never {
  if (error instanceof SubscriptionRefusedError) {
    const problems = [{ field: 'body.url', message: error.message }];
    throw new HttpProblem(422, 'nothing can be sent to the URL; see problems', problems);
  }
  throw error instanceof TooManySubscriptionsError ? new HttpProblem(409, error.message) : error;
}
