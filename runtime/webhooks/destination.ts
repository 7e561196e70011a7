import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address';

/** Where webhooks may go. */
export interface DestinationPolicy {
  readonly protocols: readonly string[];
  /** Allowed ports, or all of them. */
  readonly ports: readonly number[] | 'any';
  /** Whether a connection to the address may be made. */
  mayConnect(address: string): boolean;
  /** All addresses of a name. */
  resolve(host: string): Promise<readonly LookupAddress[]>;
}

/** The public internet over TLS. There is no way to widen it by configuration: tests make a policy of their own. */
export const publicDestinations: DestinationPolicy = {
  protocols: ['https:'],
  ports: [443, 8443],
  mayConnect: isPublicAddress,
  resolve: (host) => lookup(host, { all: true }),
};

/** The destination is not one that webhooks may go to. */
export class DestinationRefusedError extends Error {
  public override readonly name = 'DestinationRefusedError';
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * What is wrong with the text of a URL, each as one sentence. An address in it is judged here, because a connection to
 * an address asks no resolver.
 */
export function urlProblems(policy: DestinationPolicy, text: string): string[] {
  if (!URL.canParse(text)) return [`must be a URL, got '${text}'`];
  const url = new URL(text);
  const port = portOf(url);
  const schemes = policy.protocols.map((protocol) => protocol.slice(0, -1)).join(' or ');
  return [
    ...(policy.protocols.includes(url.protocol) ? [] : [`must start with ${schemes}://, got '${url.protocol}//'`]),
    ...(policy.ports === 'any' || policy.ports.includes(port)
      ? []
      : [`must have one of the ports ${policy.ports.join(', ')}, got ${port}`]),
    ...(url.username === '' && url.password === '' ? [] : ['must not hold a user or a password']),
    ...(isIP(hostOf(url)) !== 0 && !policy.mayConnect(hostOf(url))
      ? [`must lead to the public internet, got the address ${hostOf(url)}`]
      : []),
  ];
}

/**
 * The addresses of `host`. One that is not allowed spoils all: who mixes public and private ones for the same name is
 * after something.
 *
 * @throws DestinationRefusedError when one may not be connected to, or there is none
 */
export async function allowedAddresses(policy: DestinationPolicy, host: string): Promise<readonly LookupAddress[]> {
  const addresses = isIP(host) === 0 ? await resolved(policy, host) : [{ address: host, family: isIP(host) }];
  const refused = addresses.find(({ address }) => !policy.mayConnect(address));
  if (refused !== undefined) {
    throw new DestinationRefusedError(`${host} must lead to the public internet, got the address ${refused.address}`);
  }
  return addresses;
}

async function resolved(policy: DestinationPolicy, host: string): Promise<readonly LookupAddress[]> {
  const addresses = await policy.resolve(host).catch((cause: unknown) => {
    throw new DestinationRefusedError(`${host} cannot be found in the DNS`, { cause });
  });
  if (addresses.length === 0) throw new DestinationRefusedError(`${host} cannot be found in the DNS`);
  return addresses;
}

/** The host without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function portOf(url: URL): number {
  return url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 0) : Number(url.port);
}
