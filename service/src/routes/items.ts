import type { FastifyInstance } from 'fastify';
import { itemTag } from '../cache-policies';
import { itemAnswer, pageAnswer } from '../catalogue/answers';
import { itemById, updateItem } from '../catalogue/items';
import { itemsPage } from '../catalogue/pages';
import type { Dependencies } from '../dependencies';
import { sendCached } from '../http/cached-response';
import { requireEditor } from '../plugins/callers';
import { HttpProblem } from '../problem';
import * as schema from '../schemas';

interface PageQuery {
  readonly category?: string;
  readonly limit: number;
  readonly cursor?: string;
}

interface ItemChangeBody {
  readonly version: number;
  readonly title?: string;
  readonly description?: string;
  readonly priceCents?: number;
}

/** The catalogue: read by everyone through every tier of cache, changed by editors on the primary. */
export function itemRoutes(instance: FastifyInstance, { cache, database, live }: Dependencies): void {
  instance.get<{ Params: { id: number } }>(
    '/api/items/:id',
    {
      schema: {
        summary: 'One item',
        params: schema.object({ id: schema.itemId }, ['id']),
        response: schema.answers('the item', schema.item),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const sent = await sendCached({ cache, request, reply }, 'item', String(id), async ({ preferPrimary }) => {
        const found = await itemById(database, id, preferPrimary ? 'primary' : 'replica');
        return found && (await itemAnswer(found)).value;
      });
      if (sent === undefined) throw new HttpProblem(404, `there is no item ${id}`);
      return sent;
    },
  );

  instance.get<{ Querystring: PageQuery }>(
    '/api/items',
    {
      schema: {
        summary: 'Items in the order of their ids, page by page',
        querystring: schema.object({ category: schema.category, limit: schema.limit, cursor: schema.cursor }),
        response: schema.answers('a page of items', schema.page),
      },
    },
    async (request, reply) => {
      const { category, limit, cursor } = request.query;
      const key = `${category ?? ''}|${limit}|${cursor ?? ''}`;
      return sendCached({ cache, request, reply }, 'page', key, async (load) => {
        const page = await itemsPage(database, { category, limit, cursor }, load.preferPrimary ? 'primary' : 'replica');
        const { value, tags } = await pageAnswer(page, category);
        load.tag(...tags);
        return value;
      });
    },
  );

  instance.patch<{ Params: { id: number }; Body: ItemChangeBody }>(
    '/api/items/:id',
    {
      schema: {
        summary: 'Changes an item that is still at the given version; needs the key of an editor',
        params: schema.object({ id: schema.itemId }, ['id']),
        body: {
          ...schema.object(
            {
              version: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
              title: schema.text(200),
              description: schema.text(5000, 0),
              priceCents: { type: 'integer', minimum: 0, maximum: 100_000_000 },
            },
            ['version'],
          ),
          minProperties: 2,
        },
        response: schema.answers('the changed item', schema.item),
      },
    },
    async (request) => {
      requireEditor(request);
      const { id } = request.params;
      const { version, ...change } = request.body;
      const changed = await updateItem(database, id, version, change);
      if (changed === undefined) throw await whyNotChanged(id, version);
      await cache.invalidate({ tags: [itemTag(id)] });
      await live.publish(itemTag(id), { version: changed.version });
      return changed;
    },
  );

  async function whyNotChanged(id: number, version: number): Promise<HttpProblem> {
    const current = await itemById(database, id, 'primary');
    if (current === undefined) return new HttpProblem(404, `there is no item ${id}`);
    return new HttpProblem(409, `item ${id} is at version ${current.version}, not ${version}: read it and try again`);
  }
}
