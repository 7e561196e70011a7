import { randomBytes } from 'node:crypto';

/** A key with the name that it is found by again: `id=base64 of 32 bytes`. */
const KEY = /^[\w-]+=[A-Za-z0-9+/]{43}=$/;

/** The keys of a ring, the one in use first. What a new secret starts with is no ring, and has none. */
export function keysOf(ring: string): string[] {
  const keys = ring.split(',');
  return keys.every((key) => KEY.test(key)) ? keys : [];
}

/** A fresh key. Its id says when it was made, and is unique. */
function newKey(now: Date): string {
  const id = `k${now.toISOString().slice(0, 10).replaceAll('-', '')}-${randomBytes(3).toString('hex')}`;
  return `${id}=${randomBytes(32).toString('base64')}`;
}

/**
 * The ring after one rotation: the key that was next comes into use, a fresh one is next, the one that was in use still
 * opens what it closed. Processes that still have the ring of before know the key that is now in use, because it was
 * their next one; so nobody has to restart at the moment of the rotation, only once between two.
 */
export function rotated(ring: string, now: Date): string {
  const [inUse, next] = keysOf(ring);
  const kept = inUse === undefined ? [] : [inUse];
  return [next ?? newKey(now), newKey(now), ...kept].join();
}
