import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** Keys for `sensitive` classes. To rotate: add a key, make it `current`, drop the old one after the longest TTL. */
export interface EncryptionKeys {
  /** Which of `keys` encrypts. */
  readonly current: string;
  /** Key id to 32 bytes; all of them decrypt. */
  readonly keys: Readonly<Record<string, Buffer>>;
  /** 32 bytes that make ids unreadable in key names; changing it empties the sensitive classes. */
  readonly naming: Buffer;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const MAC_BYTES = 16;

/** The rules that `keys` breaks, in the wording of an error message. */
export function encryptionProblems({ current, keys, naming }: EncryptionKeys): string[] {
  const wrong = Object.entries(keys).filter(([, key]) => key.length !== 32);
  return [
    ...(keys[current] === undefined
      ? [`\`encryption.current\` must name one of \`encryption.keys\`, got \`${current}\``]
      : []),
    ...wrong.map(([id, key]) => `\`encryption.keys.${id}\` must be 32 bytes (AES-256), got ${key.length}`),
    ...Object.keys(keys)
      .filter((id) => Buffer.byteLength(id) > 255)
      .map((id) => `\`encryption.keys\` must have ids of at most 255 bytes, got ${Buffer.byteLength(id)}`),
    ...(naming.length < 32 ? [`\`encryption.naming\` must be at least 32 bytes, got ${naming.length}`] : []),
  ];
}

/**
 * Encrypts with the current key. `name` is authenticated with it, so that nobody who can write to the server can pass
 * one key's value off as another's. Shape: length of the key id, key id, nonce, MAC, ciphertext.
 */
export function seal(encryption: EncryptionKeys, name: string, plain: Buffer): Buffer {
  const key = encryption.keys[encryption.current];
  if (key === undefined) throw new TypeError(`\`encryption.current\` names no key: \`${encryption.current}\``);
  const id = Buffer.from(encryption.current);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(id.length), id, nonce, cipher.getAuthTag(), sealed]);
}

/** The plain value; `undefined` when its key was dropped or it is not what was stored under `name`: then it is a miss. */
export function open(encryption: EncryptionKeys, name: string, sealed: Buffer): Buffer | undefined {
  const nonceAt = 1 + (sealed[0] ?? 0);
  const macAt = nonceAt + NONCE_BYTES;
  const key = encryption.keys[sealed.toString('utf8', 1, nonceAt)];
  if (key === undefined || sealed.length < macAt + MAC_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(nonceAt, macAt), { authTagLength: MAC_BYTES })
    .setAAD(Buffer.from(name))
    .setAuthTag(sealed.subarray(macAt, macAt + MAC_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(macAt + MAC_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Stands for an id in key names and messages: the same for the same id, and says nothing about it. */
export function unreadable(encryption: EncryptionKeys, keyClass: string, id: string): string {
  return createHmac('sha256', encryption.naming).update(`${keyClass}\0${id}`).digest('base64url');
}
