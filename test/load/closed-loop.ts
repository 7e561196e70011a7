import { Random } from '../../analysis/rehearsal/queueing/random';
import { HttpConnection } from './http-connection';
import { pickKind, type RequestKind } from './request-mix';
import { signIn } from './users';

export interface ClosedLoopPlan {
  readonly target: string;
  readonly connections: number;
  readonly kinds: readonly RequestKind[];
  readonly seconds: number;
  readonly seed: number;
  /** Users that take turns on each connection, so that none of them asks more often than its limit allows. */
  readonly usersPerConnection?: number;
  /** Called when the first request is about to be sent, and after the last one was answered. */
  readonly onBegin?: () => void;
  readonly onEnd?: () => void;
}

export interface Saturation {
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly failed: number;
}

/**
 * Sends the next request when the last one was answered, on every connection: finds how much a service can do, and says
 * nothing about how long anybody would wait.
 */
export async function saturate(plan: ClosedLoopPlan): Promise<Saturation> {
  const { hostname, port } = new URL(plan.target);
  const random = new Random(plan.seed);
  const lines = Array.from({ length: plan.connections }, () => new HttpConnection(hostname, Number(port)));
  const sessions = plan.kinds.some(({ needsSession }) => needsSession);
  const perLine = plan.usersPerConnection ?? 1;
  const users = await signIn(
    lines.flatMap((line) => Array.from({ length: perLine }, () => line)),
    sessions,
    1,
  );
  let requests = 0;
  let failed = 0;
  plan.onBegin?.();
  const begin = performance.now();
  const end = begin + plan.seconds * 1000;
  const worker = async (index: number): Promise<void> => {
    for (let turn = 0; performance.now() < end; turn += 1) {
      const user = users[index * perLine + (turn % perLine)];
      if (user === undefined) return;
      const { status } = await user.line.send(user.request(pickKind(plan.kinds, random).next(random)));
      requests += 1;
      if (status >= 400) failed += 1;
    }
  };
  await Promise.all(lines.map((_, index) => worker(index)));
  plan.onEnd?.();
  for (const line of lines) line.close();
  return { requestsPerSecond: (requests * 1000) / (performance.now() - begin), requests, failed };
}
