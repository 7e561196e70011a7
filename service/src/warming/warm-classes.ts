import type { CacheKey } from '../../../runtime/cache';
import type { StatementRunner } from '../../../runtime/database';
import type { KeyClass } from '../cache-policies';
import { itemAnswer, pageAnswer, searchAnswer } from '../catalogue/answers';
import { itemsByIds } from '../catalogue/items';
import { firstPages, itemsPage } from '../catalogue/pages';
import { featuresOf, popularCategories, rankCategories } from '../recommendations/candidates';
import { CATEGORIES, PER_CATEGORY } from '../recommendations/recommend';
import { limit } from '../schemas';

/** A value that is ready for the cache. */
export interface WarmValue {
  readonly value: unknown;
  /** Tags beside those of the policy. */
  readonly tags: readonly string[];
}

/** How one class of keys is loaded ahead of its requests. */
export interface WarmClass {
  /** Loads many ids; as many round trips as there are kinds of statements, however many ids. */
  load(database: StatementRunner, ids: readonly string[], from: 'replica' | 'primary'): Promise<Map<string, WarmValue>>;
  /** What shows the key to everybody, at the CDN too; absent for what is a part of something. */
  readonly path?: (id: string) => string | undefined;
}

const plain = <T>(values: ReadonlyMap<string, T>): Map<string, WarmValue> =>
  new Map([...values].map(([id, value]) => [id, { value, tags: [] }]));

/** The classes that are warmed. The others are personal, or worth nothing to anyone but who asks. */
export const warmClasses: Readonly<Partial<Record<KeyClass, WarmClass>>> = {
  item: {
    load: async (database, ids, from) => {
      const items = await itemsByIds(database, ids.map(Number), from);
      return new Map(await Promise.all(items.map(async (item) => [`${item.id}`, await itemAnswer(item)] as const)));
    },
    path: (id) => `/api/items/${id}`,
  },
  page: {
    load: async (database, ids, from) => {
      const all = [...sizesOf(ids, pageOfId)].map(async ([size, pages]) => {
        const categories = pages.flatMap(({ text }) => (text === '' ? [] : [text]));
        const found = await firstPages(database, 'category', categories, size, from);
        if (categories.length < pages.length) found.set('', await itemsPage(database, { limit: size }, from));
        return Promise.all(
          pages.map(async ({ id, text }) => {
            return [id, await pageAnswer(found.get(text) ?? { items: [] }, text === '' ? undefined : text)] as const;
          }),
        );
      });
      return new Map((await Promise.all(all)).flat());
    },
    path: (id) => listingPath('/api/items', 'category', pageOfId(id)),
  },
  search: {
    load: async (database, ids, from) => {
      const all = [...sizesOf(ids, searchOfId)].map(async ([size, searches]) => {
        const texts = searches.map(({ text }) => text);
        const found = await firstPages(database, 'search', texts, size, from);
        return Promise.all(
          searches.map(async ({ id, text }) => [id, await searchAnswer(found.get(text) ?? { items: [] })] as const),
        );
      });
      return new Map((await Promise.all(all)).flat());
    },
    path: (id) => listingPath('/api/search', 'q', searchOfId(id)),
  },
  features: { load: async (database, ids, from) => plain(await featuresOf(database, ids, from)) },
  ranking: { load: async (database, ids) => plain(await rankCategories(database, ids, PER_CATEGORY)) },
  categories: {
    load: async (database, ids) => {
      const categories = await popularCategories(database, CATEGORIES);
      return plain(new Map(ids.map((id) => [id, categories])));
    },
  },
};

/** What every visitor may meet first, whatever was asked for lately: critical data. */
export async function declaredKeys(database: StatementRunner): Promise<CacheKey<KeyClass>[]> {
  const categories = await popularCategories(database, 20);
  return [
    { class: 'categories', id: 'popular' },
    ...['', ...categories].map((category) => ({ class: 'page' as const, id: `${category}|${limit.default}|` })),
    ...categories.map((id) => ({ class: 'ranking' as const, id })),
  ];
}

interface FirstPage {
  readonly id: string;
  readonly text: string;
  readonly size: number;
}

/** First pages only: where a later one begins depends on the one before. */
function firstPage(id: string, text: string, size: number, cursor: string): FirstPage | undefined {
  const possible = cursor === '' && Number.isInteger(size) && size >= limit.minimum && size <= limit.maximum;
  return possible ? { id, text, size } : undefined;
}

/** `category|limit|cursor` (service/src/routes/items.ts). */
function pageOfId(id: string): FirstPage | undefined {
  const [category = '', size, cursor = ''] = id.split('|');
  return firstPage(id, category, Number(size), cursor);
}

/** `limit|cursor|text` (service/src/routes/search.ts); the text may hold the separator. */
function searchOfId(id: string): FirstPage | undefined {
  const [size, cursor = '', ...text] = id.split('|');
  return firstPage(id, text.join('|'), Number(size), cursor);
}

function sizesOf(
  ids: readonly string[],
  parse: (id: string) => FirstPage | undefined,
): ReadonlyMap<number, readonly FirstPage[]> {
  const bySize = new Map<number, FirstPage[]>();
  for (const page of ids.flatMap((id) => parse(id) ?? [])) {
    bySize.set(page.size, [...(bySize.get(page.size) ?? []), page]);
  }
  return bySize;
}

/** As a client asks that leaves out what is the default. */
function listingPath(path: string, name: string, page: FirstPage | undefined): string | undefined {
  if (page === undefined) return undefined;
  const { text, size } = page;
  const query = new URLSearchParams({
    ...(text === '' ? {} : { [name]: text }),
    ...(size === limit.default ? {} : { limit: `${size}` }),
  });
  return query.size === 0 ? path : `${path}?${query}`;
}
