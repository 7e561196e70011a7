import { askEdge, type EdgeAnswer, fetchFromEdge } from '../../../lambda/shared/ask-edge';
import { type EdgeServer, startEdgeServer } from '../../local/edge-server';

const urls = Array.from({ length: 10 }, (_, index) => `https://a/api/items/${index}`);

/** Answers that are not just taken from the application: an error that the edge has kept, a hit, a redirect. */
const ANSWERS: Readonly<Record<string, EdgeAnswer>> = {
  4: { status: 503, hit: true },
  5: { status: 200, hit: true },
  6: { status: 308, hit: false },
};

function edge() {
  const asked: string[] = [];
  const fetch = async (url: string): Promise<EdgeAnswer> => {
    asked.push(url);
    const id = url.slice(-1);
    if (id === '3') throw new Error('no answer');
    return ANSWERS[id] ?? { status: 200, hit: false };
  };
  return { asked, fetch };
}

test('asks for each once, in their order, and says what became of it', async () => {
  const { asked, fetch } = edge();
  expect(await askEdge(urls, { fetch, now: () => 0, deadline: 1 })).toEqual({ requests: 10, hits: 1, failed: 3 });
  expect(asked).toEqual(urls);
});

test('begins nothing when the time is up, and counts what it began', async () => {
  const { asked, fetch } = edge();
  const now = () => asked.length;
  expect(await askEdge(urls, { fetch, now, deadline: 4 })).toMatchObject({ requests: 4, failed: 1 });
  expect(asked).toEqual(urls.slice(0, 4));
});

describe('over a socket', () => {
  let server: EdgeServer;
  const url = (path: string): string => `http://127.0.0.1:${server.port}${path}`;

  beforeEach(async () => {
    server = await startEdgeServer('127.0.0.1');
  });

  afterEach(() => server.stop());

  test('the second request finds what the first has left at the edge', async () => {
    expect(await fetchFromEdge(url('/api/items/1'))).toEqual({ status: 200, hit: false });
    expect(await fetchFromEdge(url('/api/items/1'))).toEqual({ status: 200, hit: true });
  });

  test('a redirect is not followed: it would be a second request', async () => {
    server.statuses.set('/API', 308);
    expect(await fetchFromEdge(url('/API'))).toMatchObject({ status: 308 });
    expect(server.asked).toEqual(['/API']);
  });
});
