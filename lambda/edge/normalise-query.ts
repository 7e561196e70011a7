import type { EdgeValue, EdgeValues } from './event';
import { normaliseEscapes } from './normalise-path';

/**
 * Query parameters that are allowed, in alphabetical order, with their encodings in one spelling. Values of a repeated
 * parameter keep their order: it may have a meaning. What is dropped reaches neither the cache key nor the origin, so
 * no answer in the cache depends on it.
 */
export function normaliseQuery(query: EdgeValues, allowed: readonly string[] | 'all'): EdgeValues {
  if (allowed === 'all') return query;
  const names = Object.keys(query).filter((name) => allowed.includes(name));
  const normalised: EdgeValues = {};
  names
    .sort((left, right) => (left < right ? -1 : 1))
    .forEach((name) => {
      const entry = query[name];
      if (entry !== undefined) normalised[name] = normaliseEntry(entry);
    });
  return normalised;
}

/** `?a=1&b=2`, or nothing for a request without parameters. */
export function serialiseQuery(query: EdgeValues): string {
  const pairs: string[] = [];
  Object.keys(query).forEach((name) => {
    const entry = query[name];
    if (entry === undefined) return;
    const values = entry.multiValue === undefined ? [entry] : entry.multiValue;
    values.forEach((each) => {
      pairs.push(each.value === '' ? name : `${name}=${each.value}`);
    });
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function normaliseEntry(entry: EdgeValue): EdgeValue {
  const value = normaliseEscapes(entry.value);
  return entry.multiValue === undefined
    ? { value }
    : { value, multiValue: entry.multiValue.map((each) => ({ value: normaliseEscapes(each.value) })) };
}
