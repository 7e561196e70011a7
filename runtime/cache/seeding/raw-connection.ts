import net from 'node:net';
import tls from 'node:tls';
import { type CacheConnectionOptions, CacheUnavailableError } from '../connection';
import { encodeCommand } from './commands';
import { type Reply, ReplyReader } from './replies';

/** A request that waits for its replies. */
interface Waiting {
  readonly replies: Reply[];
  readonly count: number;
  readonly resolve: (replies: Reply[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A connection to the cache server that sends bytes as they are given: a batch of writes is one buffer and one call of
 * the system, where a client makes an object, a promise and two strings of every command. It does not repair itself.
 */
export class RawConnection {
  private readonly reader = new ReplyReader();
  private readonly waiting: Waiting[] = [];
  private broken: Error | undefined;

  private constructor(private readonly socket: net.Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.take(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the connection was closed')));
  }

  /** @throws CacheUnavailableError when the server is not there, or refuses the log-in */
  public static async open(options: CacheConnectionOptions): Promise<RawConnection> {
    const url = new URL(options.url);
    const [host, port] = [url.hostname, Number(url.port || 6379)];
    const secure = url.protocol === 'rediss:';
    const socket = secure ? tls.connect({ host, port, servername: host }) : net.connect({ host, port });
    socket.unref();
    const connection = new RawConnection(socket);
    socket.setTimeout(options.replyTimeoutMs ?? 500, () => connection.noticeSilence());
    const login = options.credentials
      ? await options.credentials()
      : { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
    const { username, password } = login;
    const command = password === '' ? ['PING'] : ['AUTH', ...(username === '' ? [] : [username]), password];
    const [reply] = await connection.send(encodeCommand(command), 1);
    if (reply instanceof Error) {
      connection.close();
      throw new CacheUnavailableError('the cache server refused the connection', { cause: reply });
    }
    return connection;
  }

  /**
   * Sends `request` and resolves with its `count` replies; an error of the server is one of them.
   *
   * @throws CacheUnavailableError when the connection breaks or stays silent before they have come
   */
  public send(request: Uint8Array, count: number): Promise<Reply[]> {
    return new Promise((resolve, reject) => {
      if (this.broken) return reject(this.unavailable(this.broken));
      this.waiting.push({ replies: [], count, resolve, reject });
      this.socket.write(request);
    });
  }

  public close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.reader.push(chunk);
    for (let reply = this.reader.next(); reply !== undefined; reply = this.reader.next()) {
      const first = this.waiting[0];
      first?.replies.push(reply);
      if (first?.replies.length === first?.count) this.waiting.shift()?.resolve(first?.replies ?? []);
    }
  }

  private noticeSilence(): void {
    if (this.waiting.length > 0) this.socket.destroy(new Error('the cache server does not answer'));
  }

  private fail(error: Error): void {
    this.broken ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.unavailable(this.broken));
  }

  private unavailable(cause: Error): CacheUnavailableError {
    return new CacheUnavailableError('the connection to the cache server broke', { cause });
  }
}
