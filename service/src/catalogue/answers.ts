import type { CachedResponse } from '../../../runtime/cache';
import { categoryTag, itemTag } from '../cache-policies';
import { type Freshness, toResponse } from '../http/cached-response';
import type { Item } from './items';
import type { ItemPage } from './pages';

/** What is sent and kept, with the tags that outdate it. */
export interface TaggedAnswer {
  readonly value: CachedResponse;
  readonly tags: readonly string[];
}

/** An edit reaches the CDN by tag within seconds; browsers ask again after half a minute. */
const CATALOGUE: Freshness = { browserSeconds: 30, cdnSeconds: 300 };
const SEARCH: Freshness = { browserSeconds: 30, cdnSeconds: 60 };

export function itemAnswer(item: Item): Promise<TaggedAnswer> {
  return tagged(item, [itemTag(item.id)], CATALOGUE);
}

/** @param category the one that was asked for, or undefined for all */
export function pageAnswer(page: ItemPage, category: string | undefined): Promise<TaggedAnswer> {
  return tagged(page, [categoryTag(category ?? 'all'), ...itemTags(page)], CATALOGUE);
}

export function searchAnswer(page: ItemPage): Promise<TaggedAnswer> {
  return tagged(page, ['search', ...itemTags(page)], SEARCH);
}

const itemTags = ({ items }: ItemPage): string[] => items.map(({ id }) => itemTag(id));

async function tagged(value: unknown, tags: readonly string[], freshness: Freshness): Promise<TaggedAnswer> {
  return { value: await toResponse(value, tags, freshness), tags };
}
