import type { FastifyInstance } from 'fastify';
import { findOrder } from '../orders/find-order';
import { placeOrder } from '../orders/place-order';
import { visitorOf } from '../plugins/visitors';
import { HttpProblem } from '../problem';
import * as schema from '../schemas';

const QUANTITY = { type: 'integer', minimum: 1, maximum: 1000 } as const;

const ORDER = schema.object(
  {
    id: schema.uuid,
    itemId: schema.itemId,
    quantity: QUANTITY,
    totalCents: { type: 'integer' },
    status: { type: 'string', enum: ['placed', 'confirmed', 'stopping', 'cancelled'] },
    reason: { type: 'string', description: 'why it was cancelled' },
  },
  ['id', 'itemId', 'quantity', 'totalCents', 'status'],
);

/** Orders: taken at once, brought to their end by a saga; the visitor asks how it went. */
export function orderRoutes(instance: FastifyInstance): void {
  instance.post<{ Body: { id: string; itemId: number; quantity: number } }>(
    '/api/orders',
    {
      schema: {
        summary: 'Orders an item at the price of now; safe to send again with the same id',
        body: schema.object({ id: schema.uuid, itemId: schema.itemId, quantity: QUANTITY }, [
          'id',
          'itemId',
          'quantity',
        ]),
        response: schema.answers('the order as it is now', ORDER),
      },
    },
    async (request, reply) => {
      const { id: visitorId, database } = visitorOf(request);
      const { id, itemId, quantity } = request.body;
      await placeOrder(database, { id, visitorId, itemId, quantity });
      const order = await findOrder(database, visitorId, id);
      if (order === undefined) throw new HttpProblem(404, `there is no item ${itemId}, or the id is of another order`);
      return reply.code(202).send(order);
    },
  );

  instance.get<{ Params: { id: string } }>(
    '/api/orders/:id',
    {
      schema: {
        summary: "One of the visitor's orders",
        params: schema.object({ id: schema.uuid }, ['id']),
        response: schema.answers('the order as it is now', ORDER),
      },
    },
    async (request) => {
      const { id: visitorId, database } = visitorOf(request);
      const order = await findOrder(database, visitorId, request.params.id);
      if (order === undefined) throw new HttpProblem(404, `there is no order ${request.params.id}`);
      return order;
    },
  );
}
