import type { FastifyInstance } from 'fastify';
import { searchAnswer } from '../catalogue/answers';
import { searchPage } from '../catalogue/pages';
import type { Dependencies } from '../dependencies';
import { sendCached } from '../http/cached-response';
import * as schema from '../schemas';

interface SearchQuery {
  readonly q: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** Full-text search on the replicas, most popular first. */
export function searchRoute(instance: FastifyInstance, { cache, database }: Dependencies): void {
  instance.get<{ Querystring: SearchQuery }>(
    '/api/search',
    {
      schema: {
        summary: 'Items that match a text, most popular first',
        querystring: schema.object({ q: schema.text(200), limit: schema.limit, cursor: schema.cursor }, ['q']),
        response: schema.answers('a page of items', schema.page),
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      // One entry for all spellings that mean the same search.
      const q = request.query.q.toLowerCase().split(/\s+/).filter(Boolean).join(' ');
      return sendCached({ cache, request, reply }, 'search', `${limit}|${cursor ?? ''}|${q}`, async (load) => {
        const page = await searchPage(database, { q, limit, cursor }, load.preferPrimary ? 'primary' : 'replica');
        const { value, tags } = await searchAnswer(page);
        load.tag(...tags);
        return value;
      });
    },
  );
}
