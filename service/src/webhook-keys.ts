import { SecretBox } from '../../runtime/webhooks';
import { hidden, is32Bytes } from './secret-text';

/** What is wrong with `WEBHOOK_KEYS`; an empty one says that there are no webhooks. */
export function webhookKeyProblems(text: string): string[] {
  if (text === '' || text.split(',').every(is32Bytes)) return [];
  return [`WEBHOOK_KEYS must be the base64 of 32 bytes each, separated by commas ${hidden}`];
}

/** Seals with the first key and opens with all. */
export function secretBox(text: string): SecretBox {
  return new SecretBox(text.split(','));
}
