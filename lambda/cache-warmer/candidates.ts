import type { CacheKey, PopularKey } from '../../runtime/cache';
import type { WarmRequest } from './warm-request';

export interface CandidateInput {
  readonly request: WarmRequest;
  /** What must be warm whatever is asked for; first of all. */
  readonly declared: readonly CacheKey[];
  /** What is asked for, the dearest first. */
  readonly popular: readonly PopularKey[];
  /** Classes that can be warmed. */
  readonly classes: ReadonlySet<string>;
  /** Tags of a key that its id tells. */
  readonly tagsOf: (key: CacheKey) => readonly string[];
}

/** A key trends when it is read so many times as often as before, and often enough to be no accident. */
const RISE = 3;
const FEWEST_READS = 10;

/** The keys to be warmed, those first whose misses would cost most. */
export function candidatesOf({ request, declared, popular, classes, tagsOf }: CandidateInput): CacheKey[] {
  const wanted = [...declaredFor(request, declared), ...popular.filter((key) => isWanted(key, request, tagsOf))];
  const distinct = new Map<string, CacheKey>();
  for (const key of wanted) {
    const name = `${key.class}:${key.id}`;
    if (classes.has(key.class) && !distinct.has(name)) distinct.set(name, { class: key.class, id: key.id });
  }
  return [...distinct.values()];
}

function declaredFor({ keys }: WarmRequest, declared: readonly CacheKey[]): readonly CacheKey[] {
  return keys === 'all' ? declared : [];
}

function isWanted(key: PopularKey, { keys }: WarmRequest, tagsOf: CandidateInput['tagsOf']): boolean {
  if (keys === 'all') return true;
  if (keys === 'trending') return key.rise >= RISE && key.reads >= FEWEST_READS;
  const invalidated = new Set(keys.tags);
  return tagsOf(key).some((tag) => invalidated.has(tag));
}
