import type { FastifyInstance } from 'fastify';
import { recordEvents, type VisitorEvent } from '../events/record-events';
import { visitorOf } from '../plugins/visitors';
import { HttpProblem } from '../problem';
import * as schema from '../schemas';

/** An event happened at most a day ago (a phone that was offline) and not in the future, but clocks differ. */
const OLDEST_MILLISECONDS = 24 * 3600 * 1000;
const NEWEST_MILLISECONDS = 5 * 60 * 1000;

/** What visitors did: written to the primary, in one statement however many they are. */
export function eventRoutes(instance: FastifyInstance): void {
  instance.post<{ Body: { events: VisitorEvent[] } }>(
    '/api/events',
    {
      schema: {
        summary: 'Records what the visitor did; safe to send again with the same ids and times',
        body: schema.object(
          {
            events: {
              type: 'array',
              minItems: 1,
              maxItems: 100,
              items: schema.object(
                {
                  id: schema.uuid,
                  itemId: schema.itemId,
                  kind: { type: 'string', enum: ['view', 'like', 'purchase'] },
                  occurredAt: { type: 'string', format: 'date-time', maxLength: 40 },
                },
                ['id', 'itemId', 'kind', 'occurredAt'],
              ),
            },
          },
          ['events'],
        ),
        response: schema.answers(
          'how many events are stored now',
          schema.object({
            recorded: { type: 'integer' },
            repeated: { type: 'integer' },
            unknownItems: { type: 'array', items: schema.itemId },
          }),
        ),
      },
    },
    async (request, reply) => {
      const visitor = visitorOf(request);
      const { events } = request.body;
      refuseWrongTimes(events, Date.now());
      return reply.code(202).send(await recordEvents(visitor.database, visitor.id, events));
    },
  );
}

/** Fails when an event happened too long ago or in the future: its month may have no partition. */
function refuseWrongTimes(events: readonly VisitorEvent[], now: number): void {
  const problems = events.flatMap(({ occurredAt }, index) => {
    const age = now - Date.parse(occurredAt);
    if (age <= OLDEST_MILLISECONDS && age >= -NEWEST_MILLISECONDS) return [];
    const message = `must be at most 24 hours ago and not in the future, got ${occurredAt}`;
    return [{ field: `body.events.${index}.occurredAt`, message }];
  });
  if (problems.length > 0) throw new HttpProblem(422, 'the events cannot be recorded; see problems', problems);
}
