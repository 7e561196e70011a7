import { type Entry, encodedBytes, writeEntry } from '../entry';

/** One command as it travels. */
export function encodeCommand(parts: readonly string[]): Buffer {
  const texts = parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return Buffer.from(`*${parts.length}\r\n${texts.join('')}`);
}

/** An entry to be written. */
export interface KeptEntry {
  readonly key: string;
  readonly entry: Entry;
  readonly keepMs: number;
}

/** A tag that must be known as long as its entries. */
export interface KeptTag {
  readonly key: string;
  readonly clock: number;
  readonly keepMs: number;
}

const BEGIN = '*1\r\n$5\r\nMULTI\r\n';
const COMMIT = '*1\r\n$4\r\nEXEC\r\n';
/** More than the frame of one SET takes beside key and value. */
const FRAME_BYTES = 80;

/**
 * One transaction that writes all `entries` and keeps their `tags`, in one buffer. What is `WATCH`ed ends it unwritten.
 * `replies` says how many come before the one of `EXEC`, which is the last.
 */
export function encodeWrites(
  entries: readonly KeptEntry[],
  tags: readonly KeptTag[],
): { readonly bytes: Uint8Array; readonly replies: number } {
  const tagBytes = encodeTags(tags);
  let size = BEGIN.length + tagBytes.length + COMMIT.length;
  const sizes = entries.map(({ entry }) => encodedBytes(entry));
  // Three bytes for each UTF-16 unit is the most that UTF-8 takes.
  for (const [index, { key }] of entries.entries()) size += FRAME_BYTES + 3 * key.length + (sizes[index] ?? 0);
  const buffer = Buffer.allocUnsafe(size);
  let at = buffer.write(BEGIN, 0, 'latin1');
  for (const [index, { key, entry, keepMs }] of entries.entries()) {
    const keep = `${keepMs}`;
    at += buffer.write(`*5\r\n$3\r\nSET\r\n$${Buffer.byteLength(key)}\r\n${key}\r\n$${sizes[index]}\r\n`, at);
    at = writeEntry(entry, buffer, at);
    at += buffer.write(`\r\n$2\r\nPX\r\n$${keep.length}\r\n${keep}\r\n`, at, 'latin1');
  }
  at += tagBytes.copy(buffer, at);
  at += buffer.write(COMMIT, at, 'latin1');
  return { bytes: buffer.subarray(0, at), replies: 2 + entries.length + 2 * tags.length };
}

/** As `keepTags` of the scripts: a tag that is not known gets the clock of the load, and all live on. */
function encodeTags(tags: readonly KeptTag[]): Buffer {
  return Buffer.concat(
    tags.flatMap(({ key, clock, keepMs }) => [
      encodeCommand(['SET', key, `${clock}`, 'NX', 'PX', `${keepMs}`]),
      encodeCommand(['PEXPIRE', key, `${keepMs}`]),
    ]),
  );
}
