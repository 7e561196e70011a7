import type { FastifyInstance } from 'fastify';
import { cheapestItems } from '../catalogue/listing';
import type { Dependencies } from '../dependencies';
import * as schema from '../schemas';

const LISTING = schema.object(
  {
    items: {
      type: 'array',
      items: schema.object({ id: schema.itemId, title: { type: 'string' }, priceCents: { type: 'integer' } }, [
        'id',
        'title',
        'priceCents',
      ]),
    },
  },
  ['items'],
);

/** The read model of the catalogue: one index scan, a moment behind the items. */
export function listingRoute(instance: FastifyInstance, { database }: Pick<Dependencies, 'database'>): void {
  instance.get<{ Querystring: { category: string; limit: number } }>(
    '/api/cheapest',
    {
      schema: {
        summary: 'The cheapest items of a category, as of the last event that arrived',
        querystring: schema.object({ category: schema.category, limit: schema.limit }, ['category']),
        response: schema.answers('the items, cheapest first', LISTING),
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { category, limit } = request.query;
      return { items: await cheapestItems(database, category, limit) };
    },
  );
}
