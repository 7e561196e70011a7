import { createHash } from 'node:crypto';
import type { CacheConnection } from '../cache/connection';
import { type EncryptionKeys, open, seal } from '../cache/encryption';
import { run, type Script } from '../cache/scripts';
import { MOVE, RESUME, START, SWAP, UPDATE } from './scripts';

/** Field to JSON; `undefined` removes a field. */
export type StoredFields = Readonly<Record<string, string | undefined>>;

export interface SessionStoreOptions {
  readonly connection: CacheConnection;
  readonly namespace: string;
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly encryption: EncryptionKeys | undefined;
}

const DATA = 'data:';
const TOKEN = 'token';

/** Sessions as the server holds them: one hash each, under the hash of the id. Every method rejects while it is away. */
export class SessionStore {
  public constructor(private readonly options: SessionStoreOptions) {}

  public async start(id: string, fields: StoredFields): Promise<void> {
    await this.run(START, [this.key(id)], [`${this.options.idleMs}`, ...this.pairs(id, fields)]);
  }

  public async resume(id: string): Promise<{ fields: Record<string, string>; token?: string } | undefined> {
    const reply = await this.run(RESUME, [this.key(id)], [`${this.options.idleMs}`, `${this.options.absoluteMs}`]);
    if (!Array.isArray(reply) || reply.length === 0) return undefined;
    const fields: Record<string, string> = {};
    let token: string | undefined;
    for (let at = 0; at < reply.length; at += 2) {
      const name = String(reply[at]);
      if (name === TOKEN) token = String(reply[at + 1]);
      if (!name.startsWith(DATA)) continue;
      const field = name.slice(DATA.length);
      const plain = this.opened(id, field, reply[at + 1]);
      if (plain !== undefined) fields[field] = plain;
    }
    return { fields, ...(token !== undefined && { token }) };
  }

  /** False when the session has ended meanwhile. */
  public async update(id: string, fields: StoredFields): Promise<boolean> {
    const gone = Object.keys(fields).filter((field) => fields[field] === undefined);
    const args = [`${gone.length}`, ...gone.map((field) => `${DATA}${field}`), ...this.pairs(id, fields)];
    return (await this.run(UPDATE, [this.key(id)], args)) === 1;
  }

  /**
   * False when the session has ended meanwhile. Encrypted fields are bound to their session, so that one user's cannot
   * be put into another's: they are encrypted again.
   */
  public async move(from: string, to: string, fields: StoredFields): Promise<boolean> {
    const again = this.options.encryption === undefined ? [] : this.pairs(to, fields);
    return (await this.run(MOVE, [this.key(from), this.key(to)], again)) === 1;
  }

  /** Sets the read token if it is still `expected`; gives the one that was there. */
  public async swapToken(id: string, expected: string, token: string): Promise<string> {
    return String(await this.run(SWAP, [this.key(id)], [TOKEN, expected, token]));
  }

  public async end(id: string): Promise<void> {
    await this.options.connection.client().unlink(this.key(id));
  }

  private run(script: Script, keys: string[], args: (string | Buffer)[]): Promise<unknown> {
    return run(this.options.connection.client(), script, keys, args);
  }

  private key(id: string): string {
    return `${this.options.namespace}:session:${createHash('sha256').update(id).digest('base64url')}`;
  }

  private pairs(id: string, fields: StoredFields): (string | Buffer)[] {
    return Object.entries(fields).flatMap(([field, json]) => {
      return json === undefined ? [] : [`${DATA}${field}`, this.sealed(id, field, json)];
    });
  }

  private sealed(id: string, field: string, json: string): string | Buffer {
    const { encryption } = this.options;
    return encryption === undefined ? json : seal(encryption, `${this.key(id)} ${field}`, Buffer.from(json));
  }

  private opened(id: string, field: string, stored: unknown): string | undefined {
    const { encryption } = this.options;
    if (encryption === undefined || !Buffer.isBuffer(stored)) return String(stored);
    return open(encryption, `${this.key(id)} ${field}`, stored)?.toString();
  }
}
