import { connect, type Socket } from 'node:net';

/** What of an answer the generator looks at. */
export interface Answer {
  readonly status: number;
  /** The head of the answer as it came, names in the server's own case. */
  readonly head: string;
  readonly body: Buffer;
}

/** The server closed the connection, or said something that is not HTTP. */
class ConnectionLostError extends Error {
  public override readonly name = 'ConnectionLostError';
}

const HEAD_END = Buffer.from('\r\n\r\n');
const CHUNKS_END = Buffer.from('0\r\n\r\n');

/**
 * One kept-alive connection that carries one request at a time. Node's own client costs several times more per request
 * than the service that is measured; this one parses no more than where an answer ends.
 */
export class HttpConnection {
  private socket: Socket | undefined;
  private received: Buffer[] = [];
  private waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  public constructor(
    private readonly host: string,
    private readonly port: number,
  ) {}

  /** Whether a request could be sent without opening a connection first. */
  public get open(): boolean {
    return this.socket !== undefined && !this.socket.destroyed;
  }

  /** Opens the connection ahead of the first request. */
  public async ready(): Promise<void> {
    if (!this.open) await this.connect();
  }

  /** Sends the bytes of one whole request and resolves with its answer. Opens the connection when there is none. */
  public async send(request: Buffer | string): Promise<Answer> {
    const socket = this.socket !== undefined && !this.socket.destroyed ? this.socket : await this.connect();
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      socket.write(request);
    });
  }

  public close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: this.host, port: this.port, noDelay: true });
      this.socket = socket;
      this.received = [];
      socket.once('connect', () => resolve(socket));
      socket.on('data', (chunk: Buffer) => this.receive(chunk, socket));
      socket.on('error', (error) => {
        reject(error);
        this.lost(socket, error.message);
      });
      socket.on('close', () => this.lost(socket, 'the connection was closed'));
    });
  }

  private lost(socket: Socket, reason: string): void {
    if (this.socket === socket) this.socket = undefined;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.reject(new ConnectionLostError(reason));
  }

  private receive(chunk: Buffer, socket: Socket): void {
    this.received.push(chunk);
    const bytes = this.received.length === 1 ? chunk : Buffer.concat(this.received);
    const answer = parse(bytes);
    if (answer === undefined) return;
    this.received = [];
    if (/\r\nconnection: close/i.test(answer.head)) {
      this.socket = undefined;
      socket.end();
    }
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(answer);
  }
}

/** The answer, once it is complete. */
function parse(bytes: Buffer): Answer | undefined {
  const headLength = bytes.indexOf(HEAD_END);
  if (headLength < 0) return undefined;
  const head = bytes.toString('latin1', 0, headLength);
  const status = Number(head.slice(9, 12));
  const body = bytes.subarray(headLength + HEAD_END.length);
  if (status === 304 || status === 204) return { status, head, body };
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  const complete =
    length === undefined ? body.subarray(-CHUNKS_END.length).equals(CHUNKS_END) : body.length >= Number(length);
  return complete ? { status, head, body } : undefined;
}
