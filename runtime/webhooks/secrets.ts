import { createHash } from 'node:crypto';
import { type EncryptionKeys, open, seal } from '../cache/encryption';

/** The key that sealed a secret is not among those that were given. */
export class UnreadableSecretError extends Error {
  public override readonly name = 'UnreadableSecretError';

  public constructor(subscriptionId: string) {
    super(
      `the secret of subscription ${subscriptionId} was sealed with a key that is gone; add it or rotate the secret`,
    );
  }
}

/** Keeps signing secrets encrypted in the database: signing needs them, so a hash would not do. */
export class SecretBox {
  private readonly encryption: EncryptionKeys;

  /** @param keys base64 of 32 bytes each; the first one seals, all of them open */
  public constructor(keys: readonly string[]) {
    const named = keys.map((key) => [idOf(key), Buffer.from(key, 'base64')] as const);
    const [current = '', naming = Buffer.alloc(0)] = named[0] ?? [];
    this.encryption = { current, keys: Object.fromEntries(named), naming };
  }

  public seal(subscriptionId: string, secret: string): Buffer {
    return seal(this.encryption, nameOf(subscriptionId), Buffer.from(secret));
  }

  /** @throws UnreadableSecretError */
  public open(subscriptionId: string, sealed: Buffer): string {
    const plain = open(this.encryption, nameOf(subscriptionId), sealed);
    if (plain === undefined) throw new UnreadableSecretError(subscriptionId);
    return plain.toString();
  }
}

/** Bound to its subscription: one client's secret cannot be put into another's row. */
function nameOf(subscriptionId: string): string {
  return `webhook ${subscriptionId}`;
}

function idOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}
