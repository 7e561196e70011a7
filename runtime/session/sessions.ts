import { randomBytes } from 'node:crypto';
import type { CacheConnection } from '../cache/connection';
import { type EncryptionKeys, encryptionProblems } from '../cache/encryption';
import { type CookieOptions, readCookie, setCookie } from './cookie';
import { SessionStore, type StoredFields } from './session-store';

export interface SessionsOptions {
  readonly connection: CacheConnection;
  /** Secrets of at least 32 characters; the first signs, all verify. To rotate: put a new one in front. */
  readonly secrets: readonly string[];
  /**
   * How long a session lives without a request, in milliseconds.
   * @default 1800000
   */
  readonly idleMs?: number;
  /**
   * How long a session lives at all, in milliseconds.
   * @default 43200000
   */
  readonly absoluteMs?: number;
  /**
   * First part of every key, so that applications can share a server.
   * @default 'headroom'
   */
  readonly namespace?: string;
  /** @default - `__Host-session`, TLS only, `SameSite=Lax` */
  readonly cookie?: CookieOptions;
  /**
   * Encrypts what sessions hold.
   * @default - readable for whoever can read the cache server
   */
  readonly encryption?: EncryptionKeys;
  /**
   * Which of two read tokens of the same user is the newer one.
   * @default - the one that is kept later
   */
  readonly newerToken?: (one: string, other: string) => string;
}

/** What a request's cookie leads to. `unavailable`: the cookie is good, but its session cannot be read now. */
export type Resumed<D> =
  | { readonly state: 'active'; readonly session: Session<D> }
  | { readonly state: 'none' }
  | { readonly state: 'unavailable'; readonly cause: unknown };

/** The sessions cannot work as configured. */
export class SessionOptionsError extends Error {
  public override readonly name = 'SessionOptionsError';
}

/** The session ended (expired, or was ended elsewhere) while the request was at work. */
export class SessionEndedError extends Error {
  public override readonly name = 'SessionEndedError';
}

const DEFAULT_IDLE_MS = 30 * 60_000;
const DEFAULT_ABSOLUTE_MS = 12 * 3_600_000;
const MAX_TOKEN_ATTEMPTS = 10;

function newId(): string {
  return randomBytes(32).toString('base64url');
}

function stored(fields: object): StoredFields {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, JSON.stringify(value)]));
}

/** One session as one request sees it. Nothing of it stays in the process. */
export class Session<D> {
  /** @param id secret: who has it, with its signature, is the user */
  public constructor(
    private readonly store: SessionStore,
    private readonly newerToken: (one: string, other: string) => string,
    public readonly id: string,
    private fields: Partial<D>,
    private token: string | undefined,
  ) {}

  public get data(): Readonly<Partial<D>> {
    return this.fields;
  }

  /** The newest write of this user; give it to the database's `session(token)` so that its reads see it. */
  public get readToken(): string | undefined {
    return this.token;
  }

  /**
   * Sets fields, and removes those that are `undefined`. Other fields stay as concurrent requests left them.
   * @throws SessionEndedError
   */
  public async update(changes: Partial<D>): Promise<void> {
    if (!(await this.store.update(this.id, stored(changes)))) throw new SessionEndedError('the session has ended');
    this.fields = { ...this.fields, ...changes };
  }

  /** Keeps the token of a write for the user's next requests, on any instance. A newer one that is there stays. */
  public async keepReadToken(token: string): Promise<void> {
    let expected = this.token ?? '';
    for (let attempt = 0; attempt < MAX_TOKEN_ATTEMPTS; attempt++) {
      const newest = expected === '' ? token : this.newerToken(expected, token);
      const found = await this.store.swapToken(this.id, expected, newest);
      this.token = newest;
      if (found === expected) return;
      expected = found;
    }
  }

  /**
   * The same session under a new id, as after a login: an id that was known before must not gain rights.
   * @throws SessionEndedError
   */
  public async renew(): Promise<Session<D>> {
    const id = newId();
    if (!(await this.store.move(this.id, id, stored(this.fields))))
      throw new SessionEndedError('the session has ended');
    return new Session(this.store, this.newerToken, id, this.fields, this.token);
  }

  public async end(): Promise<void> {
    await this.store.end(this.id);
  }
}

/**
 * Sessions that live in the cache server, so that any process can answer any request. The browser has a signed id; the
 * server has only the id's hash, so that reading the server gives nobody a session.
 */
export class Sessions<D> {
  private readonly store: SessionStore;
  private readonly absoluteMs: number;
  private readonly newerToken: (one: string, other: string) => string;

  /** @throws SessionOptionsError with every problem */
  public constructor(private readonly options: SessionsOptions) {
    const { connection, namespace = 'headroom', encryption } = options;
    const { idleMs = DEFAULT_IDLE_MS, absoluteMs = DEFAULT_ABSOLUTE_MS } = options;
    const problems = sessionProblems({ ...options, idleMs, absoluteMs });
    if (problems.length > 0) throw new SessionOptionsError(problems.join('\n'));
    this.store = new SessionStore({ connection, namespace, idleMs, absoluteMs, encryption });
    this.absoluteMs = absoluteMs;
    this.newerToken = options.newerToken ?? ((_, later) => later);
  }

  /** Begins a session; send {@link cookieFor} with the answer. Rejects while the server is away. */
  public async start(data: Partial<D>): Promise<Session<D>> {
    const id = newId();
    await this.store.start(id, stored(data));
    return new Session(this.store, this.newerToken, id, data, undefined);
  }

  /** The session that a `Cookie` header names, which lives on for another `idleMs`. Never rejects. */
  public async resume(cookieHeader: string | undefined): Promise<Resumed<D>> {
    const id = readCookie(cookieHeader, this.options.secrets, this.options.cookie ?? {});
    if (id === undefined) return { state: 'none' };
    try {
      const found = await this.store.resume(id);
      if (found === undefined) return { state: 'none' };
      const fields = Object.entries(found.fields).map(([field, json]) => [field, JSON.parse(json)] as const);
      const data = Object.fromEntries(fields) as Partial<D>;
      return { state: 'active', session: new Session(this.store, this.newerToken, id, data, found.token) };
    } catch (cause) {
      return { state: 'unavailable', cause };
    }
  }

  /** The `Set-Cookie` value that hands the session to the browser. */
  public cookieFor(session: Session<D>): string {
    return setCookie(session.id, this.options.secrets[0] ?? '', this.absoluteMs / 1_000, this.options.cookie ?? {});
  }

  /** The `Set-Cookie` value that makes the browser forget its session. */
  public cookieForNone(): string {
    return setCookie(undefined, '', 0, this.options.cookie ?? {});
  }
}

function sessionProblems(
  options: SessionsOptions & { readonly idleMs: number; readonly absoluteMs: number },
): string[] {
  const { secrets, idleMs, absoluteMs, encryption } = options;
  return [
    ...(secrets.length === 0 ? ['`secrets` must have at least one secret, got none'] : []),
    ...secrets
      .filter((secret) => secret.length < 32)
      .map((secret) => `\`secrets\` must have at least 32 characters each, got one of ${secret.length}`),
    ...(idleMs > 0 ? [] : [`\`idleMs\` must be more than 0, got ${idleMs}`]),
    ...(absoluteMs >= idleMs ? [] : [`\`absoluteMs\` must not be less than \`idleMs\` (${idleMs}), got ${absoluteMs}`]),
    ...(encryption === undefined ? [] : encryptionProblems(encryption)),
  ];
}
