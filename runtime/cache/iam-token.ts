import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { CacheCredentials } from './connection';

/** AWS credentials, as every client of the AWS SDK gets them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ElastiCacheIamOptions {
  /** Id of the replication group, or name of the serverless cache; ElastiCache makes both lower case. */
  readonly cacheName: string;
  /** Id of the ElastiCache user, which for IAM is its name as well. */
  readonly userId: string;
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
  /** @default false */
  readonly serverless?: boolean;
}

/** A token can be used to log in for 15 minutes; the connection lives on. */
const TOKEN_SECONDS = 900;

/**
 * An authentication token for ElastiCache: a presigned request for the action `connect`, without its scheme.
 *
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
 */
export async function elastiCacheToken(options: ElastiCacheIamOptions, signingDate = new Date()): Promise<string> {
  const cacheName = options.cacheName.toLowerCase();
  const { region, credentials } = options;
  const signer = new SignatureV4({ service: 'elasticache', region, credentials, sha256: Sha256 });
  const query: Record<string, string> = { Action: 'connect', User: options.userId };
  if (options.serverless === true) query['ResourceType'] = 'ServerlessCache';
  const request = { method: 'GET', protocol: 'http:', hostname: cacheName, path: '/', query };
  const signed = await signer.presign(
    { ...request, headers: { host: cacheName } },
    { expiresIn: TOKEN_SECONDS, signingDate },
  );
  const signedQuery = Object.entries(signed.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `${cacheName}/?${signedQuery.join('&')}`;
}

/** Logs in to ElastiCache with a new token for every connection. Needs a `rediss://` URL: ElastiCache asks for TLS. */
export function elastiCacheCredentials(options: ElastiCacheIamOptions): CacheCredentials {
  return async () => ({ username: options.userId, password: await elastiCacheToken(options) });
}

/** The hash that the signer computes with, by the machine's own implementation. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  public constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  public update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytes(data));
  }

  public async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  public reset(): void {
    throw new Error('the signer makes a new hash for every value');
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}
