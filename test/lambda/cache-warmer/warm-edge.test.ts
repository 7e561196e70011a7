import { warmEdge } from '../../../lambda/cache-warmer/warm-edge';

const paths = Array.from({ length: 10 }, (_, index) => `/api/items/${index}`);
const options = { origins: ['https://a'], maxRequests: 100, monthlyRequests: 1_000, deadline: 10 };

function edge(spentBefore = 0) {
  const asked: string[] = [];
  let spent = spentBefore;
  return {
    asked,
    spent: () => spent,
    deps: {
      fetch: async (url: string) => {
        asked.push(url);
        if (url.endsWith('/3')) throw new Error('no answer');
        return { status: url.endsWith('/4') ? 503 : 200, hit: url.endsWith('/5') };
      },
      spend: async (requests: number) => {
        spent += requests;
        return spent;
      },
      now: () => 0,
    },
  };
}

test('asks for each path at each name, and says what became of it', async () => {
  const { deps, asked } = edge();
  const report = await warmEdge(paths, deps, { ...options, origins: ['https://a', 'https://b'] });
  expect(report).toEqual({ requests: 20, hits: 2, failed: 4, left: 0 });
  expect(asked.slice(0, 2)).toEqual(['https://a/api/items/0', 'https://b/api/items/0']);
});

test.each([
  ['the run', { maxRequests: 4 }, 0, 4],
  ['the month', { monthlyRequests: 1_000 }, 997, 3],
  ['a month that is spent', { monthlyRequests: 1_000 }, 1_000, 0],
  ['the time', { deadline: 0 }, 0, 0],
])('keeps to the budget of %s and gives back what it did not use', async (_, budget, spentBefore, requests) => {
  const { deps, spent } = edge(spentBefore);
  const report = await warmEdge(paths, deps, { ...options, ...budget });
  expect(report).toMatchObject({ requests, left: 10 - requests });
  expect(spent()).toBe(spentBefore + requests);
});
