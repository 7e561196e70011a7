import type { FastifyInstance } from 'fastify';
import type { Dependencies } from '../dependencies';
import { visitorOf } from '../plugins/visitors';
import { DEFAULT_PREFERENCES, loadPreferences, type Preferences, storePreferences } from '../preferences/preferences';
import * as schema from '../schemas';

const PREFERENCES = schema.object(
  {
    categories: { type: 'array', maxItems: 10, uniqueItems: true, items: schema.category },
    theme: { type: 'string', enum: ['light', 'dark', 'system'] },
    itemsPerPage: { type: 'integer', minimum: 1, maximum: 49 },
  },
  ['categories', 'theme', 'itemsPerPage'],
);

/** What a visitor prefers: kept in the database, written through the cache. */
export function preferenceRoutes(instance: FastifyInstance, { cache }: Pick<Dependencies, 'cache'>): void {
  instance.get(
    '/api/preferences',
    { schema: { summary: "The visitor's preferences", response: schema.answers('the preferences', PREFERENCES) } },
    async (request) => {
      const { id, database } = visitorOf(request);
      const stored = await cache.getOrLoad('preferences', id, () => loadPreferences(database, id));
      return stored ?? DEFAULT_PREFERENCES;
    },
  );

  instance.put<{ Body: Preferences }>(
    '/api/preferences',
    {
      schema: {
        summary: "Replaces the visitor's preferences",
        body: PREFERENCES,
        response: schema.answers('the preferences', PREFERENCES),
      },
    },
    async (request) => {
      const { id, database } = visitorOf(request);
      const { body } = request;
      await cache.writeThrough('preferences', id, body, () => storePreferences(database, id, body));
      return body;
    },
  );
}
