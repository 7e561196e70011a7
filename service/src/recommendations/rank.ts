import type { ItemFeatures } from './candidates';

/**
 * Orders candidates by how near they are to what the visitor looked at, by cosine similarity to the mean of those
 * vectors. Without a history the order stays as it came: by how wanted the items are. Ties keep their order too, so
 * that every instance gives the same answer.
 */
export function rank(
  candidates: readonly ItemFeatures[],
  seen: readonly ItemFeatures[],
  limit: number,
): readonly ItemFeatures[] {
  const profile = mean(seen.map(({ vector }) => vector));
  if (profile === undefined) return candidates.slice(0, limit);
  return candidates
    .map((candidate) => ({ candidate, score: cosine(candidate.vector, profile) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

function mean(vectors: readonly (readonly number[])[]): readonly number[] | undefined {
  const [first] = vectors;
  return first?.map((_, axis) => vectors.reduce((sum, vector) => sum + (vector[axis] ?? 0), 0) / vectors.length);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, axis) => sum + value * (b[axis] ?? 0), 0);
  const lengths = Math.hypot(...a) * Math.hypot(...b);
  return lengths === 0 ? 0 : dot / lengths;
}
