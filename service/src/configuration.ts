import { type CacheConfiguration, cacheProblems, cacheRows } from './cache-configuration';
import { type DataConfiguration, dataProblems, dataRows } from './data-configuration';
import { type Rows, readEnvironment } from './environment';
import { type LoggingConfiguration, loggingRows } from './logging-configuration';
import { hidden, is32Bytes } from './secret-text';
import { webhookKeyProblems } from './webhook-keys';

/** What the process may be told from outside. Every field has a row in {@link ROWS} with its rule and default. */
export interface Configuration extends DataConfiguration, CacheConfiguration, LoggingConfiguration {
  readonly host: string;
  readonly port: number;
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
  /** Requests that are worked on at once; the bound is far above what one core can do and below what memory can hold. */
  readonly maxConcurrentRequests: number;
  /** Requests that may wait for one of those places; the next one gets a 503 at once. */
  readonly maxWaitingRequests: number;
  readonly maxWaitMilliseconds: number;
  /** Secrets that sign session cookies, the first one new cookies; separated by commas. */
  readonly sessionKeys: string;
  /** Keys that encrypt what is personal in the cache, as `id=base64`; the first one encrypts; separated by commas. */
  readonly cacheKeys: string;
  /** Base64 of 32 bytes that make personal ids unreadable in the names of cache keys. */
  readonly cacheNamingKey: string;
  /** `off` for a browser that talks to the service without TLS. */
  readonly cookieSecure: string;
  readonly metricsNamespace: string;
  /** Where spans go, by OTLP over HTTP; without it nothing is traced. */
  readonly traceEndpoint: string;
  /** Share of the requests that read which are traced; failed and slow ones always are. */
  readonly traceSamplePercent: number;
  /** Time between two pings of a live connection. */
  readonly liveHeartbeatSeconds: number;
  /** WebSocket connections of one process. */
  readonly liveMaxConnections: number;
  /** Keys that encrypt the secrets of webhooks, base64 separated by commas; without them there are no webhooks. */
  readonly webhookKeys: string;
}

/**
 * The chain of time-outs, each longer than the one before it, so that the side that closes an idle connection is never
 * the side that is about to get a request on it: CloudFront keeps a connection for 60 s, the ALB for 65 s, the service
 * for 75 s. The load balancer drains for 30 s, which must fit into the stop time-out.
 */
const ROWS: Rows<Configuration> = {
  ...dataRows,
  ...cacheRows,
  host: { variable: 'HOST', kind: 'text', default: '0.0.0.0' },
  port: { variable: 'PORT', kind: 'integer', min: 0, max: 65_535, default: 8080 },
  ...loggingRows,
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
  maxConcurrentRequests: { variable: 'MAX_CONCURRENT_REQUESTS', kind: 'integer', min: 1, max: 10_000, default: 256 },
  maxWaitingRequests: { variable: 'MAX_WAITING_REQUESTS', kind: 'integer', min: 0, max: 100_000, default: 2000 },
  maxWaitMilliseconds: { variable: 'MAX_WAIT_MILLISECONDS', kind: 'integer', min: 1, max: 60_000, default: 1000 },
  sessionKeys: {
    variable: 'SESSION_KEYS',
    kind: 'required',
    what: 'one or more secrets of at least 32 characters, separated by commas; the first one signs',
  },
  cacheKeys: {
    variable: 'CACHE_KEYS',
    kind: 'required',
    what: 'one or more id=base64 of 32 bytes, separated by commas; the first one encrypts',
  },
  cacheNamingKey: { variable: 'CACHE_NAMING_KEY', kind: 'required', what: 'the base64 of 32 bytes' },
  cookieSecure: { variable: 'COOKIE_SECURE', kind: 'choice', choices: ['on', 'off'], default: 'on' },
  traceEndpoint: { variable: 'OTEL_EXPORTER_OTLP_ENDPOINT', kind: 'text', default: '' },
  traceSamplePercent: { variable: 'TRACE_SAMPLE_PERCENT', kind: 'number', min: 0, max: 100, default: 5 },
  metricsNamespace: { variable: 'METRICS_NAMESPACE', kind: 'text', default: 'Headroom/Service' },
  liveHeartbeatSeconds: { variable: 'LIVE_HEARTBEAT_SECONDS', kind: 'integer', min: 1, max: 240, default: 30 },
  liveMaxConnections: { variable: 'LIVE_MAX_CONNECTIONS', kind: 'integer', min: 0, max: 50_000, default: 2000 },
  webhookKeys: { variable: 'WEBHOOK_KEYS', kind: 'text', default: '' },
};

/** Problems of secrets name the variable and never the value. */
function secretProblems(configuration: Configuration): string[] {
  const { sessionKeys, cacheKeys, cacheNamingKey, webhookKeys } = configuration;
  return [
    ...(sessionKeys.split(',').every((key) => key.length >= 32)
      ? []
      : [`SESSION_KEYS must be secrets of at least 32 characters each, separated by commas ${hidden}`]),
    ...(cacheKeys.split(',').every((pair) => /^[\w-]+=/.test(pair) && is32Bytes(pair.slice(pair.indexOf('=') + 1)))
      ? []
      : [`CACHE_KEYS must be id=base64 of 32 bytes each, separated by commas ${hidden}`]),
    ...(is32Bytes(cacheNamingKey) ? [] : [`CACHE_NAMING_KEY must be the base64 of 32 bytes ${hidden}`]),
    ...webhookKeyProblems(webhookKeys),
  ];
}

/**
 * Reads the configuration from environment variables.
 *
 * @throws InvalidEnvironmentError naming every variable that is wrong, its rule, its value and the way out.
 */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  return readEnvironment(environment, ROWS, (settings) => [
    ...stopProblems(settings),
    ...dataProblems(settings),
    ...cacheProblems(settings),
    ...secretProblems(settings),
  ]);
}

function stopProblems({ drainDelaySeconds, handlerTimeoutSeconds, stopTimeoutSeconds }: Configuration): string[] {
  const needed = drainDelaySeconds + handlerTimeoutSeconds;
  if (needed < stopTimeoutSeconds) return [];
  return [
    `STOP_TIMEOUT_SECONDS must be longer than DRAIN_DELAY_SECONDS + HANDLER_TIMEOUT_SECONDS = ${needed}, ` +
      `got ${stopTimeoutSeconds}: the slowest request would be killed; raise it (and ECS' stopTimeout) or lower the others`,
  ];
}
