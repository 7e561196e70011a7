import type { Duration } from 'aws-cdk-lib';

/**
 * Timeouts of one request path. Each hop keeps idle connections longer than the hop before it, so that nobody sends a
 * request into a connection that the other side is just closing (a 502 or 504 that no log explains).
 */
export interface TimeoutChain {
  /** How long CloudFront keeps an idle connection to the load balancer. */
  readonly edgeKeepAlive: Duration;

  /** How long the load balancer keeps an idle connection. */
  readonly loadBalancerIdle: Duration;

  /** How long the service keeps an idle connection. */
  readonly serviceKeepAlive: Duration;

  /** How long a leaving task gets to finish its requests. */
  readonly deregistrationDelay: Duration;

  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeout: Duration;
}

interface Link {
  readonly shorter: keyof TimeoutChain;
  readonly longer: keyof TimeoutChain;
  readonly mayBeEqual: boolean;
}

const LINKS: readonly Link[] = [
  { shorter: 'edgeKeepAlive', longer: 'loadBalancerIdle', mayBeEqual: false },
  { shorter: 'loadBalancerIdle', longer: 'serviceKeepAlive', mayBeEqual: false },
  { shorter: 'deregistrationDelay', longer: 'stopTimeout', mayBeEqual: true },
];

/** Links of the chain that do not hold, each as one sentence. */
export function timeoutChainProblems(chain: TimeoutChain): string[] {
  return LINKS.flatMap(({ shorter, longer, mayBeEqual }) => {
    const [low, high] = [chain[shorter].toSeconds({ integral: false }), chain[longer].toSeconds({ integral: false })];
    if (low < high || (mayBeEqual && low === high)) return [];
    const rule = mayBeEqual ? 'not be longer than' : 'be shorter than';
    return [`\`timeouts.${shorter}\` must ${rule} \`timeouts.${longer}\`, got ${low} s and ${high} s`];
  });
}

/** What the service's process is told of the chain. */
export function timeoutEnvironment({ loadBalancerIdle, serviceKeepAlive, stopTimeout }: TimeoutChain) {
  return {
    KEEP_ALIVE_SECONDS: String(serviceKeepAlive.toSeconds()),
    STOP_TIMEOUT_SECONDS: String(stopTimeout.toSeconds()),
    // One ping may be lost before the load balancer takes a live connection for idle.
    LIVE_HEARTBEAT_SECONDS: String(Math.floor(loadBalancerIdle.toSeconds() / 2)),
  };
}
