import type { FastifyInstance } from 'fastify';
import type { Dependencies } from '../dependencies';
import { visitorOf } from '../plugins/visitors';
import { loadPreferences, type Preferences } from '../preferences/preferences';
import { recommend } from '../recommendations/recommend';
import * as schema from '../schemas';

const RECOMMENDATION = schema.object({
  id: schema.itemId,
  title: { type: 'string' },
  category: schema.category,
  priceCents: { type: 'integer' },
});

/** What the visitor may like. Personal: the CDN passes it through, the parts that are not personal are cached. */
export function recommendationRoute(instance: FastifyInstance, { cache }: Pick<Dependencies, 'cache'>): void {
  instance.get<{ Querystring: { limit: number } }>(
    '/api/recommendations',
    {
      schema: {
        summary: 'Items the visitor may like, by what the visitor prefers and did',
        querystring: schema.object({ limit: schema.limit }),
        response: schema.answers(
          'items, best first',
          schema.object({ items: { type: 'array', items: RECOMMENDATION } }, ['items']),
        ),
      },
    },
    async (request) => {
      const { id, database } = visitorOf(request);
      const preferences = await cache.getOrLoad<Preferences>('preferences', id, () => loadPreferences(database, id));
      const deps = { cache, database };
      const found = await recommend(deps, id, preferences?.categories ?? [], request.query.limit);
      return { items: found.map(({ vector: _vector, ...shown }) => shown) };
    },
  );
}
