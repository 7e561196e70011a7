import ipaddr from 'ipaddr.js';

/** All of IPv6 that IANA hands out for the internet; what is tunnelled, translated or local lies outside or has a name. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address belongs to the public internet. No to private, shared (CGNAT), link-local (the metadata of
 * machines and containers among them), loopback, multicast and reserved addresses, and to every form of IPv6 that
 * carries an IPv4 address inside: mapped, compatible, NAT64, 6to4, Teredo.
 *
 * @param address as a resolver or a URL writes it
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}
