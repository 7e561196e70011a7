import { allowedAddresses, publicDestinations, urlProblems } from '../../../runtime/webhooks/destination';
import { isPublicAddress } from '../../../runtime/webhooks/public-address';

/** https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry, and clouds' own. */
const PRIVATE = [
  ['this network', '0.0.0.0'],
  ['private', '10.0.0.1'],
  ['private', '172.16.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['shared by a carrier', '100.64.0.1'],
  ['shared by a carrier', '100.127.255.255'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.254'],
  ['metadata of an instance', '169.254.169.254'],
  ['credentials of a task', '169.254.170.2'],
  ['protocol assignments', '192.0.0.8'],
  ['documentation', '192.0.2.1'],
  ['relays of 6to4', '192.88.99.1'],
  ['benchmarks', '198.18.0.1'],
  ['documentation', '198.51.100.1'],
  ['documentation', '203.0.113.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['IPv4-mapped metadata', '::ffff:169.254.169.254'],
  ['IPv4-mapped loopback', '::ffff:7f00:1'],
  ['IPv4-mapped public', '::ffff:1.1.1.1'],
  ['IPv4-compatible loopback', '::127.0.0.1'],
  ['IPv4-compatible loopback, as a URL writes it', '::7f00:1'],
  ['not handed out yet', '4000::1'],
  ['NAT64 of a private address', '64:ff9b::10.0.0.1'],
  ['NAT64 for local use', '64:ff9b:1::10.0.0.1'],
  ['6to4 of a private address', '2002:0a00:0001::1'],
  ['Teredo', '2001:0:1::1'],
  ['discard', '100::1'],
  ['documentation', '2001:db8::1'],
  ['documentation', '3fff::1'],
  ['segment routing', '5f00::1'],
  ['unique local', 'fc00::1'],
  ['metadata of an instance', 'fd00:ec2::254'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
  ['no address', 'example.com'],
];

test.each(PRIVATE)('%s is not public: %s', (_what, address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(['1.1.1.1', '100.63.255.255', '100.128.0.0', '172.15.0.1', '172.32.0.1', '2606:4700:4700::1111'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  ['nonsense', "must be a URL, got 'nonsense'"],
  ['http://example.com/', "must start with https://, got 'http://'"],
  ['ftp://example.com/', "must start with https://, got 'ftp://'"],
  ['https://example.com:22/', 'must have one of the ports 443, 8443, got 22'],
  ['https://me:secret@example.com/', 'must not hold a user or a password'],
  ['https://127.0.0.1/', 'must lead to the public internet, got the address 127.0.0.1'],
  ['https://0x7f.1/', 'must lead to the public internet, got the address 127.0.0.1'],
  ['https://2130706433/', 'must lead to the public internet, got the address 127.0.0.1'],
  ['https://0251.0376.0251.0376/', 'must lead to the public internet, got the address 169.254.169.254'],
  ['https://[::1]/', 'must lead to the public internet, got the address ::1'],
  ['https://[::ffff:10.0.0.1]/', 'must lead to the public internet, got the address ::ffff:a00:1'],
  ['https://[64:ff9b::a9fe:a9fe]/', 'must lead to the public internet, got the address 64:ff9b::a9fe:a9fe'],
])('fails when the URL is %s', (url, problem) => {
  expect(urlProblems(publicDestinations, url)).toContain(problem);
});

test.each(['https://example.com/', 'https://example.com:8443/a?b=c', 'https://1.1.1.1/'])('allows %s', (url) => {
  expect(urlProblems(publicDestinations, url)).toEqual([]);
});

test('one private address among public ones spoils the name', async () => {
  const resolve = async () => [
    { address: '1.1.1.1', family: 4 },
    { address: '10.0.0.1', family: 4 },
  ];
  await expect(allowedAddresses({ ...publicDestinations, resolve }, 'mixed.example')).rejects.toThrow(
    'mixed.example must lead to the public internet, got the address 10.0.0.1',
  );
});

test('the name of this machine is refused by what it resolves to', async () => {
  await expect(allowedAddresses(publicDestinations, 'localhost')).rejects.toThrow('must lead to the public internet');
});

test.each([
  ['finds nothing', async () => []],
  ['fails', () => Promise.reject(new Error('ENOTFOUND'))],
])('fails when the DNS %s', async (_what, resolve) => {
  const none = allowedAddresses({ ...publicDestinations, resolve }, 'gone.example');
  await expect(none).rejects.toThrow('gone.example cannot be found in the DNS');
});
