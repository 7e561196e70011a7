const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

/**
 * The one spelling of a path: percent-encodings of unreserved characters decoded and the others in upper case, dot
 * segments, empty segments and the trailing slash removed (RFC 3986, section 6.2.2).
 *
 * Idempotent. The result starts with exactly one slash and holds no backslash, so it is safe in a `Location` header:
 * browsers read `/\` as the start of another host.
 */
export function normalisePath(path: string): string {
  const kept: string[] = [];
  normaliseEscapes(path)
    .split('/')
    .forEach((segment) => {
      if (segment === '..') kept.pop();
      else if (segment !== '' && segment !== '.') kept.push(segment);
    });
  return `/${kept.join('/')}`;
}

/** Percent-encodings in their one spelling; a stray `%` is encoded, else decoding could create a new escape. */
export function normaliseEscapes(text: string): string {
  return text
    .replace(/%(?![0-9A-Fa-f]{2})/g, '%25')
    .replace(/\\/g, '%5C')
    .replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
      const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
      return UNRESERVED.test(character) ? character : encoded.toUpperCase();
    });
}
