import { InvalidEventError, newEvent, parseEvent } from '../../../runtime/events';

const event = () =>
  newEvent({
    type: 'ItemChanged',
    subject: 'item-5',
    data: { id: 5, category: 'lamps', title: 'Lamp', priceCents: 100, itemVersion: 2 },
    tags: ['item-5'],
  });

test('an event survives its way through JSON', () => {
  const sent = event();
  expect(parseEvent(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
});

test('a reader ignores fields that it does not know', () => {
  const sent = { ...event(), data: { ...event().data, colour: 'red' }, traceId: 'abc' };
  expect(parseEvent(sent)).toBe(sent);
});

test.each([
  ['nothing', undefined, ['`event` must be an object, got undefined']],
  [
    'an envelope with two mistakes',
    { ...event(), id: 'five', occurredAt: '2026-01-31' },
    [
      '`event.id` must be a UUID, got "five"',
      '`event.occurredAt` must be a moment such as 2026-01-31T12:00:00.000Z, got "2026-01-31"',
    ],
  ],
  [
    'a type that nobody knows',
    { ...event(), type: 'ItemEaten' },
    ['`event.type` must be one of ItemChanged, OrderPlaced, OrderConfirmed, OrderCancelled, got "ItemEaten"'],
  ],
  ['another version of the schema', { ...event(), version: 2 }, ['`event.version` of ItemChanged must be 1, got 2']],
  [
    'data that breaks the schema',
    { ...event(), data: { ...event().data, priceCents: -1, title: 7 } },
    [
      '`event.data.title` must be a text of 0 to 2000 characters, got 7',
      '`event.data.priceCents` must be an integer from 0 to 2147483647, got -1',
    ],
  ],
  ['no data', { ...event(), data: undefined }, ['`event.data` must be an object, got undefined']],
  [
    'tags that are no texts',
    { ...event(), tags: [5] },
    ['`event.tags` must be a list of at most 1000, each a text of 1 to 200 characters, got [5]'],
  ],
])('fails for %s', (_, value, problems) => {
  expect(() => parseEvent(value)).toThrow(new InvalidEventError(problems));
});

test('an event that breaks its own schema is never made', () => {
  const data = { orderId: 'none', itemId: 1, quantity: 1, totalCents: 100 };
  expect(() => newEvent({ type: 'OrderPlaced', subject: 'order', data })).toThrow(
    '`event.data.orderId` must be a UUID, got "none"',
  );
});
