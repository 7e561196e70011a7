import { isIP } from 'node:net';

/** Ranges of addresses, ready to be asked many times. */
export interface AddressRanges {
  has(address: string): boolean;
}

/**
 * Whether addresses are in any of `ranges` such as `203.0.113.0/24` or `2001:db8::/32`; a range without a prefix is one
 * address. Written for the length of a log, so each range is a number and a mask, not a library object per question.
 *
 * @throws RangeError for a text that is not a range
 */
export function addressRanges(ranges: readonly string[]): AddressRanges {
  const parsed = ranges.map(parseRange);
  const known = new Map<string, boolean>();
  return {
    has(address) {
      const before = known.get(address);
      if (before !== undefined) return before;
      const bits = isIP(address) === 6 ? 128 : 32;
      const value = addressValue(address);
      const found = parsed.some((range) => range.bits === bits && value >> range.shift === range.value);
      known.set(address, found);
      return found;
    },
  };
}

interface Range {
  readonly bits: number;
  readonly shift: bigint;
  readonly value: bigint;
}

function parseRange(text: string): Range {
  const [address = '', prefix] = text.split('/');
  const family = isIP(address);
  const bits = family === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix);
  if (family === 0 || !Number.isInteger(length) || length < 0 || length > bits) {
    throw new RangeError(`'${text}' must be an address range such as 203.0.113.0/24 or 2001:db8::/32`);
  }
  const shift = BigInt(bits - length);
  return { bits, shift, value: addressValue(address) >> shift };
}

/** The address as a number; 0 for what is none. */
function addressValue(address: string): bigint {
  const family = isIP(address);
  if (family === 0) return 0n;
  if (family === 4) return address.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
  return groupsOf(address).reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

/** Eight groups of hexadecimal digits: `::` filled with zeros, a dotted tail turned into two groups. */
function groupsOf(address: string): string[] {
  const hex = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = hex.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
}
