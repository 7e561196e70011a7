import { readEdgeOrder } from '../../../lambda/edge-warmer/read-order';

const order = { origin: 'https://d111111abcdef8.cloudfront.net', paths: ['/api/items?limit=5'], withinMs: 1_000 };

test('an order is what the warmer sends', () => {
  expect(readEdgeOrder({ ...order, more: true })).toEqual(order);
});

test.each([
  [{ origin: 'd1.cloudfront.net' }, '`origin` must be such as https://www.example.com, got "d1.cloudfront.net"'],
  [{ origin: 'https://a/b' }, '`origin` must be such as https://www.example.com, got "https://a/b"'],
  [{ paths: '/a' }, '`paths` must be a list of texts that begin with a slash, got "/a"'],
  [{ paths: ['@evil.example.com'] }, '`paths` must be a list of texts that begin with a slash'],
  [{ withinMs: 0 }, '`withinMs` must be a number above 0, got 0'],
])('%j is none', (change, problem) => {
  expect(() => readEdgeOrder({ ...order, ...change })).toThrow(problem);
});

test.each([undefined, null, 'warm'])('%j is none, with every problem', (event) => {
  expect(() => readEdgeOrder(event)).toThrow(/`origin` .*got none; `paths` .*got none; `withinMs` .*got none/);
});
