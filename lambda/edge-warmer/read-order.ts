import type { EdgeOrder } from '../shared/edge-order';

/** The event is none that the cache warmer sends. */
class InvalidEdgeOrderError extends Error {
  public override readonly name = 'InvalidEdgeOrderError';
}

/** @throws InvalidEdgeOrderError with every problem */
export function readEdgeOrder(event: unknown): EdgeOrder {
  const { origin, paths, withinMs }: Partial<Record<keyof EdgeOrder, unknown>> =
    typeof event === 'object' && event !== null ? { ...event } : {};
  const problems = [
    ...(isOrigin(origin) ? [] : [`\`origin\` must be such as https://www.example.com, got ${shown(origin)}`]),
    ...(isListOfPaths(paths) ? [] : [`\`paths\` must be a list of texts that begin with a slash, got ${shown(paths)}`]),
    ...(isTime(withinMs) ? [] : [`\`withinMs\` must be a number above 0, got ${shown(withinMs)}`]),
  ];
  if (isOrigin(origin) && isListOfPaths(paths) && isTime(withinMs)) return { origin, paths, withinMs };
  throw new InvalidEdgeOrderError(problems.join('; '));
}

function isOrigin(value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\/[^/]+$/.test(value);
}

function isListOfPaths(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((path) => typeof path === 'string' && path.startsWith('/'));
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'none';
}
