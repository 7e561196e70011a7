import type { ReadToken } from './database';
import type { LogPosition } from './log-position';

/**
 * What a read must see: a position in the log, or a moment on the primary's clock where the log has no positions to
 * ask for (Aurora). `unknown` when the write was acknowledged but its place could not be learnt: only the primary is
 * sure to have it.
 */
export type Fence =
  | { readonly kind: 'position'; readonly position: LogPosition }
  | { readonly kind: 'time'; readonly millis: number }
  | { readonly kind: 'unknown' };

/**
 * After this long a replica within any sensible lag limit has the write anyway, and a token from before a restore
 * into a new cluster must not hold its user on the primary for ever.
 */
const LIFETIME_MILLIS = 600_000;

const PATTERN = /^(?:p([0-9a-f]{1,16})|t([0-9]{1,15})|u)\.([0-9a-z]{1,10})$/;

/** @param now when the write was acknowledged, by this process's clock */
export function formatToken(fence: Fence, now = Date.now()): ReadToken {
  return `${formatFence(fence)}.${now.toString(36)}`;
}

function formatFence(fence: Fence): string {
  if (fence.kind === 'position') return `p${fence.position.toString(16)}`;
  return fence.kind === 'time' ? `t${fence.millis}` : 'u';
}

/** @returns nothing for a token that has expired, is damaged, or was made up */
export function parseToken(token: ReadToken | undefined, now = Date.now()): Fence | undefined {
  const match = token === undefined ? null : PATTERN.exec(token);
  if (match === null) return undefined;
  const [, position, millis, written = ''] = match;
  const age = now - Number.parseInt(written, 36);
  // Clocks of instances differ a little: a token may come from the near future, not from the far one.
  if (age > LIFETIME_MILLIS || age < -LIFETIME_MILLIS) return undefined;
  if (position !== undefined) return { kind: 'position', position: BigInt(`0x${position}`) };
  return millis !== undefined ? { kind: 'time', millis: Number(millis) } : { kind: 'unknown' };
}

/** The token that demands more, when a session has several. */
export function laterToken(a: ReadToken | undefined, b: ReadToken | undefined): ReadToken | undefined {
  const [first, second] = [parseToken(a), parseToken(b)];
  if (first === undefined) return second === undefined ? undefined : b;
  if (second === undefined) return a;
  return isLater(first, second) ? a : b;
}

function isLater(a: Fence, b: Fence): boolean {
  if (a.kind === 'position' && b.kind === 'position') return a.position > b.position;
  if (a.kind === 'time' && b.kind === 'time') return a.millis > b.millis;
  return a.kind === 'unknown';
}
