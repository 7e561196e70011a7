import { createHmac, timingSafeEqual } from 'node:crypto';

/** Attributes of the session cookie. */
export interface CookieOptions {
  /**
   * Whether the cookie is sent over TLS only. Without it the name has no `__Host-` prefix, and a browser takes it from
   * `http://localhost`.
   * @default true
   */
  readonly secure?: boolean;
  /** @default 'Lax' */
  readonly sameSite?: 'Strict' | 'Lax';
}

/** Ids are 32 random bytes in base64url; whatever is longer is not ours and is not worth a hash. */
const ID = /^[\w-]{43}$/;

/** `__Host-`: browsers take it only with TLS, for this host alone, so that no neighbour can plant one. */
function cookieName({ secure = true }: CookieOptions): string {
  return secure ? '__Host-session' : 'session';
}

/** The `Set-Cookie` value for session `id`; without an id, the one that makes the browser forget it. */
export function setCookie(
  id: string | undefined,
  secret: string,
  maxAgeSeconds: number,
  options: CookieOptions,
): string {
  const value = id === undefined ? '' : `${id}.${signature(id, secret)}`;
  const age = id === undefined ? 0 : Math.floor(maxAgeSeconds);
  const secure = options.secure === false ? '' : '; Secure';
  const sameSite = options.sameSite ?? 'Lax';
  return `${cookieName(options)}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=${sameSite}${secure}`;
}

/** The session's id from a `Cookie` header, if one of `secrets` signed it. Anything else is no session. */
export function readCookie(
  header: string | undefined,
  secrets: readonly string[],
  options: CookieOptions,
): string | undefined {
  const prefix = `${cookieName(options)}=`;
  const value = header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
    ?.slice(prefix.length);
  const [id = '', given = ''] = value?.split('.', 2) ?? [];
  if (!ID.test(id) || !ID.test(given)) return undefined;
  return secrets.some((secret) => same(given, signature(id, secret))) ? id : undefined;
}

function signature(id: string, secret: string): string {
  return createHmac('sha256', secret).update(`session\0${id}`).digest('base64url');
}

function same(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
