import net from 'node:net';
import pg from 'pg';
import type { ServerAddress } from './database';
import type { Credentials } from './options';

/**
 * One connection to a server. Start-up parameters are left alone (no time-outs, no application name): RDS Proxy
 * refuses connections that carry them. Limits that the server enforces belong to the role: `ALTER ROLE … SET`.
 */
export class Connection extends pg.Client {
  /** When it was last used, on the monotonic clock. */
  public usedAt = performance.now();
  public readonly openedAt = performance.now();
  private readonly socket: net.Socket;

  public constructor(config: pg.ClientConfig = {}) {
    const socket = new net.Socket();
    super({ ...config, keepAlive: true, stream: () => socket });
    this.socket = socket;
    // A connection that breaks on loan rejects its statement; the event besides must not end the process.
    this.on('error', () => {});
  }

  /** Whether nothing can be sent on it any more. */
  public get broken(): boolean {
    return this.socket.destroyed;
  }

  /** Breaks the connection now, without waiting for a server that may never answer. */
  public abort(reason: Error): void {
    this.socket.destroy(reason);
  }
}

export function connectionConfig(
  address: ServerAddress,
  credentials: Credentials,
  connectTimeoutMillis: number,
): pg.ClientConfig {
  const { user, password, database, tls = false } = credentials;
  return {
    host: address.host,
    port: address.port ?? 5432,
    user: address.user ?? user,
    database,
    ssl: tls,
    connectionTimeoutMillis: connectTimeoutMillis,
    ...(password === undefined ? {} : { password: typeof password === 'string' ? password : () => password(address) }),
  };
}

/** Breaks a connection when what runs on it takes too long. */
export class Deadline {
  private readonly timer: NodeJS.Timeout;
  private expired: Error | undefined;

  /** @param late makes the error that callers get then */
  public constructor(connection: Connection, millis: number, late: () => Error) {
    this.timer = setTimeout(() => {
      this.expired = late();
      connection.abort(this.expired);
    }, millis);
  }

  /** Why something failed: the deadline, or what was caught. */
  public reason(caught: unknown): unknown {
    return this.expired ?? caught;
  }

  public end(): void {
    clearTimeout(this.timer);
  }
}

/** Runs `work` and breaks the connection when it takes longer; rejects with what `late` makes then. */
export async function withDeadline<T>(
  connection: Connection,
  millis: number,
  late: () => Error,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(connection, millis, late);
  try {
    return await work();
  } catch (error) {
    throw deadline.reason(error);
  } finally {
    deadline.end();
  }
}
