/** What a visit needs of the network: `fetch`, or something like it. */
export type Get = (url: string, options: { readonly signal: AbortSignal }) => Promise<Response>;

/** A step of the walk that did not go as it should; the message names the step. */
class WalkError extends Error {
  public override readonly name = 'WalkError';
}

/** Longest that one step may take: a visitor has gone by then. */
const STEP_MILLISECONDS = 5_000;

interface Page {
  readonly items: readonly { readonly id: number; readonly title: string }[];
}

/**
 * What a visitor does, as far as it changes nothing: is the service well, list the catalogue, open an item, search for it.
 *
 * @param site where it is, without a slash at the end
 * @throws {WalkError} at the first step that fails, takes too long or answers nonsense
 */
export async function walkSite(site: string, get: Get): Promise<void> {
  const health = await step<{ status?: unknown }>('health', `${site}/health`, get);
  expect(
    'health',
    health.status === 'ok' || health.status === 'degraded',
    `status is ${JSON.stringify(health.status)}`,
  );
  const page = await step<Page>('catalogue', `${site}/api/items?limit=5`, get);
  expect('catalogue', Array.isArray(page.items), 'there is no list of items');
  const [first] = page.items;
  // An empty shop is well, too.
  if (first === undefined) return;
  const item = await step<{ id?: unknown }>('item', `${site}/api/items/${first.id}`, get);
  expect('item', item.id === first.id, `asked for item ${first.id}, got ${JSON.stringify(item.id)}`);
  const query = encodeURIComponent(first.title.split(' ')[0] ?? first.title);
  const found = await step<Page>('search', `${site}/api/search?q=${query}`, get);
  expect('search', Array.isArray(found.items), 'there is no list of items');
}

async function step<T>(name: string, url: string, get: Get): Promise<T> {
  try {
    const answer = await get(url, { signal: AbortSignal.timeout(STEP_MILLISECONDS) });
    if (answer.status === 200) return (await answer.json()) as T;
    throw new WalkError(`${name}: ${url} answered ${answer.status}`);
  } catch (error) {
    if (error instanceof WalkError) throw error;
    throw new WalkError(`${name}: ${url} did not answer: ${String(error)}`, { cause: error });
  }
}

function expect(name: string, holds: boolean, otherwise: string): void {
  if (!holds) throw new WalkError(`${name}: ${otherwise}`);
}
