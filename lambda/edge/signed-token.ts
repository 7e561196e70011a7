import crypto from 'node:crypto';

/**
 * Whether `token`, `<subject>.<expiry in epoch seconds>.<HMAC-SHA-256 of both, base64url>`, is genuine and not expired.
 *
 * This sheds load before it costs anything; it is no authorization. Who may do what is decided by the service.
 */
export function isValidToken(token: string, key: string, nowSeconds: number): boolean {
  const parts = token.split('.');
  const subject = parts[0];
  const expiry = parts[1];
  const signature = parts[2];
  if (parts.length !== 3 || subject === undefined || expiry === undefined || signature === undefined) return false;
  if (!/^\d{1,12}$/.test(expiry) || Number(expiry) <= nowSeconds) return false;
  return sameText(signature, crypto.createHmac('sha256', key).update(`${subject}.${expiry}`).digest('base64url'));
}

/** Compares without stopping at the first difference, so that time tells nothing about the signature. */
function sameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < right.length; index += 1) {
    difference |= left.charCodeAt(index % left.length) ^ right.charCodeAt(index);
  }
  return difference === 0;
}
