/** Keys for `sensitive` classes. To rotate: add a key, make it `current`, drop the old one after the longest TTL. */
export interface EncryptionKeys {
  /** Which of `keys` encrypts. */
  readonly current: string;
  /** Key id to 32 bytes; all of them decrypt. */
  readonly keys: Readonly<Record<string, Buffer>>;
  /** 32 bytes that make ids unreadable in key names; changing it empties the sensitive classes. */
  readonly naming: Buffer;
}
