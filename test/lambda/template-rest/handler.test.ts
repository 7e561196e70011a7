import { quote } from '../../../lambda/template-rest/quote';
import { type LocalFunction, startFunction } from '../../local/lambda-runtime';
import { type GatewayAnswer, httpApiEvent, restApiEvent } from '../api/events';

let fn: LocalFunction;

beforeAll(() => {
  fn = startFunction('template-rest');
});

afterAll(() => fn.stop());

test.each([
  [[{ priceCents: 250, quantity: 2 }], 0, 500],
  // 5 % of 1,010 is 50.5: the buyer gets 51.
  [[{ priceCents: 1_010, quantity: 1 }], 5, 959],
  [[{ priceCents: 999, quantity: 3 }], 100, 0],
])('%j less %d percent is %d cents', (lines, discountPercent, totalCents) => {
  expect(quote({ lines, discountPercent })).toEqual({ totalCents });
});

describe.each([
  ['an HTTP API', httpApiEvent],
  ['a REST API', restApiEvent],
])('behind %s', (_api, toEvent) => {
  const post = (body: unknown, binary = false) =>
    fn.call<GatewayAnswer>(toEvent({ method: 'POST', path: '/api/quotes', body, binary }));

  test('answers a quote, from text and from base64', async () => {
    const wanted = { lines: [{ priceCents: 250, quantity: 2 }], discountPercent: 10 };
    for (const binary of [false, true]) {
      const { statusCode, body } = await post(wanted, binary);
      expect([statusCode, JSON.parse(body)]).toEqual([200, { totalCents: 450 }]);
    }
  });

  test('names everything that is wrong at once', async () => {
    const { statusCode, headers, body } = await post({
      lines: [{ priceCents: 1.5, quantity: 0 }],
      discountPercent: 101,
    });
    expect([statusCode, headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(JSON.parse(body).problems).toEqual([
      '`lines[0].priceCents` must be a whole number from 0 to 100000000',
      '`lines[0].quantity` must be a whole number from 1 to 1000',
      '`discountPercent` must be between 0 and 100',
    ]);
  });

  test.each([undefined, 'text', null])('refuses %p as a body', async (body) => {
    expect(JSON.parse((await post(body)).body).problems).toEqual(['the body must be a JSON object']);
  });

  test('refuses an order without lines', async () => {
    expect(JSON.parse((await post({})).body).problems).toEqual(['`lines` must be 1 to 100 rows']);
  });
});
