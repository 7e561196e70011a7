import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as the queue keeps it. */
interface StoredMessage {
  readonly id: string;
  readonly body: string;
  /** Number of deliveries so far. */
  receives: number;
  /** Hidden from receivers until then, in milliseconds since the epoch. */
  hiddenUntil: number;
  receipt: string;
}

/** An SQS queue that speaks the real wire protocol on loopback: start programs with `AWS_ENDPOINT_URL` set to `url`. */
export interface SqsServer {
  readonly url: string;
  readonly queueUrl: string;
  /** Puts messages into the queue. */
  send(bodies: readonly string[]): void;
  /** What the queue holds, with the number of deliveries and whether receivers can see it. */
  messages(): readonly { readonly body: string; readonly receives: number; readonly visible: boolean }[];
  /** The calls so far, oldest first, without the `AmazonSQS.` in front. */
  readonly calls: readonly string[];
  stop(): Promise<void>;
}

type Payload = Readonly<Record<string, unknown>>;

const POLL_MILLIS = 10;

/**
 * Starts a queue with at-least-once delivery, long polling and a visibility time-out.
 *
 * @param visibilitySeconds how long a delivered message is hidden from others
 */
export async function startSqsServer({ visibilitySeconds = 30 } = {}): Promise<SqsServer> {
  const queue = new Map<string, StoredMessage>();
  const calls: string[] = [];
  const operations: Readonly<Record<string, (payload: Payload) => Promise<Payload> | Payload>> = {
    SendMessage: ({ MessageBody }) => add(queue, String(MessageBody)),
    ReceiveMessage: (payload) => receive(queue, payload, visibilitySeconds),
    DeleteMessage: ({ ReceiptHandle }) => {
      const message = find(queue, ReceiptHandle);
      if (message !== undefined) queue.delete(message.id);
      return {};
    },
    ChangeMessageVisibility: ({ ReceiptHandle, VisibilityTimeout }) => {
      const message = find(queue, ReceiptHandle);
      if (message !== undefined) message.hiddenUntil = Date.now() + Number(VisibilityTimeout) * 1000;
      return {};
    },
  };
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    calls.push(operation);
    const run = operations[operation];
    bodyOf(request)
      .then((body) => {
        if (run === undefined) throw new Error(`the queue does not know ${operation}`);
        return run(JSON.parse(body));
      })
      .then(
        (result) =>
          response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(result)),
        (error: unknown) =>
          response.writeHead(400).end(JSON.stringify({ __type: 'InvalidAction', message: String(error) })),
      );
  });
  const url = await listen(server);
  return {
    url,
    queueUrl: `${url}/000000000000/jobs`,
    calls,
    send: (bodies) => bodies.forEach((body) => void add(queue, body)),
    messages: () =>
      [...queue.values()].map(({ body, receives, hiddenUntil }) => ({
        body,
        receives,
        visible: hiddenUntil <= Date.now(),
      })),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function add(queue: Map<string, StoredMessage>, body: string): Payload {
  const id = randomUUID();
  queue.set(id, { id, body, receives: 0, hiddenUntil: 0, receipt: '' });
  return { MessageId: id, MD5OfMessageBody: md5(body) };
}

async function receive(
  queue: Map<string, StoredMessage>,
  payload: Payload,
  visibilitySeconds: number,
): Promise<Payload> {
  const until = Date.now() + Number(payload['WaitTimeSeconds'] ?? 0) * 1000;
  for (;;) {
    const visible = [...queue.values()].filter(({ hiddenUntil }) => hiddenUntil <= Date.now());
    const taken = visible.slice(0, Number(payload['MaxNumberOfMessages'] ?? 1));
    if (taken.length > 0) return { Messages: taken.map((message) => deliver(message, visibilitySeconds)) };
    if (Date.now() >= until) return {};
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
  }
}

function deliver(message: StoredMessage, visibilitySeconds: number): Payload {
  message.receives += 1;
  message.hiddenUntil = Date.now() + visibilitySeconds * 1000;
  message.receipt = randomUUID();
  return { MessageId: message.id, ReceiptHandle: message.receipt, Body: message.body, MD5OfBody: md5(message.body) };
}

/** Only the newest receipt of a message counts, as with a FIFO queue; a standard queue may be more lenient. */
function find(queue: Map<string, StoredMessage>, receipt: unknown): StoredMessage | undefined {
  return [...queue.values()].find((message) => message.receipt === receipt);
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
