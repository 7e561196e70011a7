import { BlockList } from 'node:net';
import fc from 'fast-check';
import { addressRanges } from '../../../analysis/edge/address-range';

test.each([
  ['203.0.113.0/24', '203.0.113.255', true],
  ['203.0.113.0/24', '203.0.114.0', false],
  ['203.0.113.7/32', '203.0.113.7', true],
  ['0.0.0.0/1', '127.255.255.255', true],
  ['2001:db8::/32', '2001:db8:ffff::1', true],
  ['2001:db8::/32', '2001:db9::', false],
  ['::ffff:10.0.0.0/104', '::ffff:10.1.2.3', true],
  ['2001:db8::/32', '203.0.113.7', false],
  ['203.0.113.7', '203.0.113.7', true],
  ['203.0.113.0/24', 'not an address', false],
])('%s has %s: %s', (range, address, expected) => {
  expect(addressRanges([range]).has(address)).toBe(expected);
});

test.each(['203.0.113.0/33', '203.0.113/24', 'everything', '2001:db8::/129'])('fails for %s', (range) => {
  expect(() => addressRanges([range])).toThrow(`'${range}' must be an address range`);
});

// Its families are asked apart: Node.js also compares mapped addresses across them, AWS WAF does not.
test.each([
  ['ipv4', fc.ipV4(), 32],
  ['ipv6', fc.ipV6().filter((text) => !text.startsWith('::')), 128],
] as const)("agrees with Node.js's own block list about %s", (family, address, bits) => {
  fc.assert(
    fc.property(address, fc.integer({ min: 1, max: bits }), address, (range, prefix, asked) => {
      const peer = new BlockList();
      peer.addSubnet(range, prefix, family);
      const ranges = addressRanges([`${range}/${prefix}`]);
      for (const each of [asked, range]) expect(ranges.has(each)).toBe(peer.check(each, family));
    }),
  );
});
