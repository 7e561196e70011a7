import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What is signed: the id and the time with the body, so that none of them can be exchanged. */
export interface WebhookMessage {
  /** The same in every attempt: receivers that have seen it leave the message alone. */
  readonly id: string;
  /** When this attempt was made, in seconds since the epoch. */
  readonly timestamp: number;
  /** The body as it is sent, byte for byte. */
  readonly body: string;
}

/** A request is not a webhook of who shares the secret, or is too old to be believed. */
export class WebhookVerificationError extends Error {
  public override readonly name = 'WebhookVerificationError';
}

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
const TOLERANCE_SECONDS = 300;

/** A secret as receivers get it: `whsec_` and the base64 of its bytes. */
export function newSigningSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * The headers of one attempt. With several secrets there is one signature for each, so that a receiver can change over
 * whenever it likes.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(secrets: readonly string[], message: WebhookMessage): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': `${message.timestamp}`,
    'webhook-signature': secrets.map((secret) => `v1,${signature(secret, message).toString('base64')}`).join(' '),
  };
}

export interface VerifyOptions {
  /** Headers of the request, in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it came, before anything has parsed it. */
  readonly body: string;
  /** The secret, or both while it changes. */
  readonly secrets: readonly string[];

  /**
   * How far the clocks may differ, and how long a captured request can be sent again, in seconds.
   *
   * @default 300
   */
  readonly toleranceSeconds?: number;

  /** @default - the clock of the process, in seconds since the epoch */
  readonly now?: number;
}

/**
 * For receivers: gives the id of a webhook that is genuine and recent. Remember the id for as long as
 * `toleranceSeconds` at least, and answer a repeated one with 200.
 *
 * @throws WebhookVerificationError saying what is wrong
 */
export function verifyWebhook({ headers, body, secrets, ...options }: VerifyOptions): string {
  const { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now() / 1000 } = options;
  const id = header(headers, 'webhook-id');
  const timestamp = Number(header(headers, 'webhook-timestamp'));
  const given = header(headers, 'webhook-signature');
  if (!Number.isInteger(timestamp)) throw new WebhookVerificationError('webhook-timestamp is no number of seconds');
  if (Math.abs(now - timestamp) > toleranceSeconds) {
    throw new WebhookVerificationError(`webhook-timestamp is more than ${toleranceSeconds} s away from now`);
  }
  const expected = secrets.map((secret) => signature(secret, { id, timestamp, body }));
  const matches = given
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .map((part) => Buffer.from(part.slice('v1,'.length), 'base64'))
    .some((one) => expected.some((other) => one.length === other.length && timingSafeEqual(one, other)));
  if (!matches) throw new WebhookVerificationError('webhook-signature has no signature with the secret');
  return id;
}

function header(headers: VerifyOptions['headers'], name: string): string {
  const value = headers[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new WebhookVerificationError(`the header ${name} is missing`);
}

function signature(secret: string, { id, timestamp, body }: WebhookMessage): Buffer {
  const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
  if (key.length === 0) throw new WebhookVerificationError('the secret must be the base64 of some bytes');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
}
