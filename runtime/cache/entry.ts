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
  /**
   * Whether a warmer put it there before anybody asked.
   * @default false
   */
  readonly warmed?: boolean;
}

// Layout: 1 byte version and kind, 8 bytes fresh until, 8 bytes clock, 2 bytes length of tags, tags, body.
const VALUE = 0x10;
const ABSENT = 0x11;
const WARMED = 0x12;
const HEADER_BYTES = 19;

export function encodeEntry(entry: Entry): Buffer {
  const encoded = Buffer.allocUnsafe(encodedBytes(entry));
  writeEntry(entry, encoded, 0);
  return encoded;
}

/** How many bytes `entry` takes. */
export function encodedBytes({ body, tags }: Entry): number {
  const tagBytes = tags.length === 0 ? 0 : Buffer.byteLength(tags.join('\n'));
  if (tagBytes > 0xffff) throw new RangeError(`tags of one entry must fit in 65535 bytes, got ${tagBytes}`);
  return HEADER_BYTES + tagBytes + (body?.length ?? 0);
}

/** Writes `entry` into `target` and returns where it ends. */
export function writeEntry(
  { body, freshUntil, clock, tags, warmed = false }: Entry,
  target: Buffer,
  at: number,
): number {
  const tagBytes = tags.length === 0 ? 0 : target.write(tags.join('\n'), at + HEADER_BYTES);
  target[at] = body === undefined ? ABSENT : warmed ? WARMED : VALUE;
  target.writeDoubleBE(freshUntil, at + 1);
  target.writeDoubleBE(clock, at + 9);
  target.writeUInt16BE(tagBytes, at + 17);
  const bodyAt = at + HEADER_BYTES + tagBytes;
  return bodyAt + (body?.copy(target, bodyAt) ?? 0);
}

/** `undefined` for what another version of this code stored: a miss, so that versions can run side by side. */
export function decodeEntry(encoded: Buffer): Entry | undefined {
  const kind = encoded[0];
  if ((kind !== VALUE && kind !== ABSENT && kind !== WARMED) || encoded.length < HEADER_BYTES) return undefined;
  const bodyAt = HEADER_BYTES + encoded.readUInt16BE(17);
  return {
    body: kind === ABSENT ? undefined : encoded.subarray(bodyAt),
    freshUntil: encoded.readDoubleBE(1),
    clock: encoded.readDoubleBE(9),
    tags: bodyAt === HEADER_BYTES ? [] : encoded.toString('utf8', HEADER_BYTES, bodyAt).split('\n'),
    warmed: kind === WARMED,
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
