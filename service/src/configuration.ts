import { type Rows, readEnvironment } from './environment';

/** What the process may be told from outside. Every field has a row in {@link ROWS} with its rule and default. */
export interface Configuration {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** Share of successful requests that leave a log line; errors and slow requests always do. */
  readonly logSamplePercent: number;
  /** A request that takes longer is logged whatever the sample says. */
  readonly slowRequestMilliseconds: number;
  /** How many proxies in front of the process may speak for the client in `X-Forwarded-For`. */
  readonly trustedProxies: number;
  readonly bodyLimitBytes: number;
  readonly keepAliveSeconds: number;
  /** Time a client has to send a whole request. */
  readonly requestTimeoutSeconds: number;
  /** Time a handler has to answer; then the client gets a 503. */
  readonly handlerTimeoutSeconds: number;
  /** Time between SIGTERM and closing the port, in which the load balancer learns that the task leaves. */
  readonly drainDelaySeconds: number;
  /** Time between SIGTERM and SIGKILL; ECS calls it `stopTimeout`. */
  readonly stopTimeoutSeconds: number;
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/**
 * The chain of time-outs, each longer than the one before it, so that the side that closes an idle connection is never
 * the side that is about to get a request on it: CloudFront keeps a connection for 60 s, the ALB for 65 s, the service
 * for 75 s. The load balancer drains for 30 s, which must fit into the stop time-out.
 */
const ROWS: Rows<Configuration> = {
  host: { variable: 'HOST', kind: 'text', default: '0.0.0.0' },
  port: { variable: 'PORT', kind: 'integer', min: 0, max: 65_535, default: 8080 },
  logLevel: { variable: 'LOG_LEVEL', kind: 'choice', choices: LEVELS, default: 'info' },
  logSamplePercent: { variable: 'LOG_SAMPLE_PERCENT', kind: 'number', min: 0, max: 100, default: 1 },
  slowRequestMilliseconds: {
    variable: 'SLOW_REQUEST_MILLISECONDS',
    kind: 'integer',
    min: 1,
    max: 60_000,
    default: 500,
  },
  trustedProxies: { variable: 'TRUSTED_PROXIES', kind: 'integer', min: 0, max: 10, default: 2 },
  bodyLimitBytes: { variable: 'BODY_LIMIT_BYTES', kind: 'integer', min: 1024, max: 10_485_760, default: 65_536 },
  keepAliveSeconds: { variable: 'KEEP_ALIVE_SECONDS', kind: 'integer', min: 1, max: 4000, default: 75 },
  requestTimeoutSeconds: { variable: 'REQUEST_TIMEOUT_SECONDS', kind: 'integer', min: 1, max: 300, default: 30 },
  handlerTimeoutSeconds: { variable: 'HANDLER_TIMEOUT_SECONDS', kind: 'integer', min: 1, max: 300, default: 10 },
  drainDelaySeconds: { variable: 'DRAIN_DELAY_SECONDS', kind: 'number', min: 0, max: 60, default: 5 },
  stopTimeoutSeconds: { variable: 'STOP_TIMEOUT_SECONDS', kind: 'integer', min: 2, max: 120, default: 40 },
};

/**
 * Reads the configuration from environment variables.
 *
 * @throws InvalidEnvironmentError naming every variable that is wrong, its rule, its value and the way out.
 */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  return readEnvironment(environment, ROWS, ({ drainDelaySeconds, handlerTimeoutSeconds, stopTimeoutSeconds }) => {
    const needed = drainDelaySeconds + handlerTimeoutSeconds;
    if (needed < stopTimeoutSeconds) return [];
    return [
      `STOP_TIMEOUT_SECONDS must be longer than DRAIN_DELAY_SECONDS + HANDLER_TIMEOUT_SECONDS = ${needed}, ` +
        `got ${stopTimeoutSeconds}: the slowest request would be killed; raise it (and ECS' stopTimeout) or lower the others`,
    ];
  });
}
