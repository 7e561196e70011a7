import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Cache, CachedResponse, Loader } from '../../../runtime/cache';
import type { KeyClass } from '../cache-policies';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Below this, compressing costs more time than it saves on the wire: the answer fits into one packet anyway. */
const COMPRESS_FROM_BYTES = 1024;

/** CloudFront takes up to 50 tags per object: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ */
const MAX_CACHE_TAGS = 50;

export interface Freshness {
  /** How long browsers keep it, in seconds. */
  readonly browserSeconds: number;
  /** How long the CDN keeps it, in seconds; an invalidation by tag ends it earlier. */
  readonly cdnSeconds: number;
}

/**
 * Serialises and compresses an answer once, for all who will get it from the cache: sending stored bytes is several
 * times cheaper than making them (docs/decisions/0026).
 */
export async function toResponse(
  value: unknown,
  tags: readonly string[],
  { browserSeconds, cdnSeconds }: Freshness,
): Promise<CachedResponse> {
  const plain = Buffer.from(JSON.stringify(value));
  const compressed = plain.length >= COMPRESS_FROM_BYTES;
  return {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      // Weak: the compressed and the plain form of the same answer share it.
      etag: `W/"${createHash('sha1').update(plain).digest('base64url')}"`,
      'cache-control': `public, max-age=${browserSeconds}, s-maxage=${cdnSeconds}, stale-while-revalidate=${cdnSeconds}`,
      'cache-tag': tags.slice(0, MAX_CACHE_TAGS).join(','),
      vary: 'accept-encoding',
      ...(compressed ? { 'content-encoding': 'gzip' } : {}),
    },
    body: compressed ? await compress(plain) : plain,
  };
}

/** The parts of a request that an answer from the cache is made of. */
interface Exchange {
  readonly cache: Cache<KeyClass>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Sends what the cache has, or loads. An answer that a change has overtaken while it was fetched may show what was
 * before, and may reach the CDN after the CDN was told to forget: nobody is to keep it (docs/decisions/0088).
 *
 * @returns `undefined` when there is no such thing, and nothing was sent
 */
export async function sendCached(
  { cache, request, reply }: Exchange,
  keyClass: KeyClass,
  id: string,
  load: Loader<CachedResponse>,
): Promise<unknown> {
  let overtaken = false;
  const onOvertaken = (): void => {
    overtaken = true;
  };
  const answer = await cache.getOrLoad(keyClass, id, load, { onOvertaken });
  return answer && sendResponse(request, reply, overtaken ? unkept(answer) : answer);
}

function unkept({ headers, body }: CachedResponse): CachedResponse {
  const { 'cache-tag': _tag, ...rest } = headers;
  return { headers: { ...rest, 'cache-control': 'no-store' }, body };
}

/** Sends stored bytes, or only says that the client has them already. */
export function sendResponse(request: FastifyRequest, reply: FastifyReply, { headers, body }: CachedResponse): unknown {
  const { 'content-encoding': encoding, ...rest } = headers;
  const { etag = '', 'content-type': _type, ...validators } = rest;
  if (matches(request.headers['if-none-match'], etag))
    return reply
      .code(304)
      .headers({ etag, ...validators })
      .send();
  // Node writes head and body of a text in one piece; small answers are text, and cost a third less to send that way.
  if (!encoding) return reply.headers(headers).send(body.toString());
  if (/\bgzip\b/.test(String(request.headers['accept-encoding']))) return reply.headers(headers).send(body);
  return expand(body).then((plain) => reply.headers(rest).send(plain));
}

/** Whether `If-None-Match` names the tag: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2, by weak comparison. */
function matches(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false;
  if (condition.trim() === '*') return true;
  const opaque = etag.replace(/^W\//, '');
  return condition.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === opaque);
}
