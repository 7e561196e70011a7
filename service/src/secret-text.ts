/** Said of a secret in place of its value. */
export const hidden = '(its value is secret and not shown)';

export function is32Bytes(base64: string): boolean {
  return Buffer.from(base64, 'base64').length === 32;
}
