import type { CacheablePolicy } from './policy';
import type { CachedResponse } from './types';

/** What the server keeps under one key. */
export interface Entry {
  /** `undefined`: it is known that there is no such thing. */
  readonly body: Buffer | undefined;
  /** Until when it is fresh, in ms since the epoch. */
  readonly freshUntil: number;
  /** The namespace's clock when the load or write of the value began: later invalidations outdate the entry. */
  readonly clock: number;
  readonly tags: readonly string[];
}

// Layout: 1 byte version and kind, 8 bytes fresh until, 8 bytes clock, 2 bytes length of tags, tags, body.
const VALUE = 0x10;
const ABSENT = 0x11;
const HEADER_BYTES = 19;

export function encodeEntry({ body, freshUntil, clock, tags }: Entry): Buffer {
  const joined = tags.join('\n');
  const tagBytes = Buffer.byteLength(joined);
  if (tagBytes > 0xffff) throw new RangeError(`tags of one entry must fit in 65535 bytes, got ${tagBytes}`);
  const encoded = Buffer.allocUnsafe(HEADER_BYTES + tagBytes + (body?.length ?? 0));
  encoded[0] = body === undefined ? ABSENT : VALUE;
  encoded.writeDoubleBE(freshUntil, 1);
  encoded.writeDoubleBE(clock, 9);
  encoded.writeUInt16BE(tagBytes, 17);
  encoded.write(joined, HEADER_BYTES);
  body?.copy(encoded, HEADER_BYTES + tagBytes);
  return encoded;
}

/** `undefined` for what another version of this code stored: a miss, so that versions can run side by side. */
export function decodeEntry(encoded: Buffer): Entry | undefined {
  const kind = encoded[0];
  if ((kind !== VALUE && kind !== ABSENT) || encoded.length < HEADER_BYTES) return undefined;
  const bodyAt = HEADER_BYTES + encoded.readUInt16BE(17);
  return {
    body: kind === ABSENT ? undefined : encoded.subarray(bodyAt),
    freshUntil: encoded.readDoubleBE(1),
    clock: encoded.readDoubleBE(9),
    tags: bodyAt === HEADER_BYTES ? [] : encoded.toString('utf8', HEADER_BYTES, bodyAt).split('\n'),
  };
}

/** How values become bytes and come back. */
interface Format {
  encode(value: unknown): Buffer;
  decode(body: Buffer): unknown;
}

function isResponse(value: unknown): value is CachedResponse {
  return typeof value === 'object' && value !== null && 'headers' in value && 'body' in value && isBytes(value.body);
}

function isBytes(value: unknown): value is Buffer {
  return Buffer.isBuffer(value);
}

export const formats: Readonly<Record<NonNullable<CacheablePolicy['format']>, Format>> = {
  json: {
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: (body) => JSON.parse(body.toString()),
  },
  bytes: {
    encode: (value) => {
      if (!isBytes(value))
        throw new TypeError(`a value with \`format: 'bytes'\` must be a Buffer, got ${typeof value}`);
      return value;
    },
    decode: (body) => body,
  },
  response: {
    encode: (value) => {
      if (!isResponse(value)) {
        throw new TypeError("a value with `format: 'response'` must have `headers` and a `body` that is a Buffer");
      }
      const headers = Buffer.from(JSON.stringify(value.headers));
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32BE(headers.length);
      return Buffer.concat([length, headers, value.body]);
    },
    decode: (encoded): CachedResponse => {
      const bodyAt = 4 + encoded.readUInt32BE(0);
      const headers: Record<string, string> = JSON.parse(encoded.toString('utf8', 4, bodyAt));
      return { headers, body: encoded.subarray(bodyAt) };
    },
  },
};
