import type { RecordedAccess } from './access-file';

/** What the keys of a class look like. */
export interface KeyDesign {
  readonly keys: number;
  /** Share of the keys that were read once only. */
  readonly seenOnce: number;
  /** New keys per read in the second half of the reads against the first: near 1 the keys never end. */
  readonly growth: number;
  /** Parts of readable keys without which there would be at most half as many, the worst first. */
  readonly parts: readonly { readonly part: string; readonly values: number; readonly keysWithout: number }[];
  readonly problems: readonly string[];
}

const FEWEST_KEYS = 20;
/** From here on the second half brings nearly as many new keys as the first. */
const LINEAR = 0.8;

/** Judges the keys of one class's reads, in their order. */
export function judgeKeys(reads: readonly RecordedAccess[]): KeyDesign {
  const counts = new Map<string, number>();
  const half = reads.length / 2;
  let [early, late] = [0, 0];
  for (const [index, { text }] of reads.entries()) {
    const before = counts.get(text) ?? 0;
    if (before === 0) index < half ? early++ : late++;
    counts.set(text, before + 1);
  }
  const keys = counts.size;
  const seenOnce = keys === 0 ? 0 : [...counts.values()].filter((count) => count === 1).length / keys;
  const growth = early === 0 ? 0 : late / early;
  const parts = queryParts([...counts.keys()]);
  const problems = keys < FEWEST_KEYS ? [] : problemsOf(keys, seenOnce, growth, parts);
  return { keys, seenOnce, growth, parts, problems };
}

function problemsOf(keys: number, seenOnce: number, growth: number, parts: KeyDesign['parts']): string[] {
  return [
    ...(seenOnce >= 0.5 ? [`${Math.round(seenOnce * 100)} % of the keys were read once`] : []),
    ...(growth >= LINEAR ? ['new keys come as fast as at the start: the number of keys has no bound'] : []),
    ...parts.map(
      ({ part, values, keysWithout }) => `${part} has ${values} values: without it ${keysWithout} keys, not ${keys}`,
    ),
  ];
}

/** Parameters of query strings (`…?a=1&b=2`) that at least double the number of keys. */
function queryParts(keys: readonly string[]): KeyDesign['parts'] {
  const values = new Map<string, Set<string>>();
  for (const key of keys) {
    for (const [name, value] of split(key).parameters) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return [...values]
    .map(([part, { size }]) => ({ part: `?${part}`, values: size, keysWithout: without(keys, part) }))
    .filter(({ keysWithout }) => keysWithout <= keys.length / 2)
    .sort((one, other) => one.keysWithout - other.keysWithout);
}

function without(keys: readonly string[], part: string): number {
  const rest = keys.map((key) => {
    const { path, parameters } = split(key);
    return JSON.stringify([path, parameters.filter(([name]) => name !== part)]);
  });
  return new Set(rest).size;
}

function split(key: string): { readonly path: string; readonly parameters: readonly [string, string][] } {
  const at = key.indexOf('?');
  if (at < 0) return { path: key, parameters: [] };
  return { path: key.slice(0, at), parameters: [...new URLSearchParams(key.slice(at + 1))] };
}
