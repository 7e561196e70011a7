import type { Fence } from './read-token';
import type { Server } from './server';

/** Puts servers in the order in which a read tries them. */
export type Selection = (servers: readonly Server[]) => readonly Server[];

/** Each read starts at the next server. */
function roundRobin(): Selection {
  let next = 0;
  return (servers) => {
    const start = next++ % servers.length;
    return start === 0 ? servers : [...servers.slice(start), ...servers.slice(0, start)];
  };
}

/** The newest data first; among equals, each in turn, or one of them would take all. */
function leastLag(): Selection {
  const rotate = roundRobin();
  const lag = (server: Server) => Math.round(server.lagMillis() ?? Number.POSITIVE_INFINITY);
  return (servers) => [...rotate(servers)].sort((a, b) => lag(a) - lag(b));
}

export const selections = { 'round-robin': roundRobin, 'least-lag': leastLag } as const satisfies Record<
  string,
  () => Selection
>;

/** Servers that may answer a read: up, a replica, and new enough. */
export function eligible(
  servers: readonly Server[],
  maxLagMillis: number,
  fence: Fence | undefined,
): readonly Server[] {
  return servers.filter(
    (server) => server.role === 'replica' && server.breaker.willing && server.isFresh(maxLagMillis, fence),
  );
}
