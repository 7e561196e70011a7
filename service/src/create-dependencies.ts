import { writeFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { LoadShedder } from '../../runtime/admission';
import {
  AccessRecorder,
  type CacheConnection,
  connectCache,
  createCache,
  type EncryptionKeys,
} from '../../runtime/cache';
import { laterToken } from '../../runtime/database';
import { RateLimiter } from '../../runtime/limits';
import { LiveServer } from '../../runtime/live';
import { Sessions } from '../../runtime/session';
import type { Metrics } from '../../runtime/telemetry/metrics';
import { publicDestinations, Subscriptions } from '../../runtime/webhooks';
import { cacheServer } from './cache-configuration';
import { cachePolicies } from './cache-policies';
import type { Configuration } from './configuration';
import { connectDatabase } from './connect-data';
import type { Dependencies } from './dependencies';
import { admitVisitor, mayFollow } from './live-updates';
import { atMostEvery } from './logging';
import { rateLimits } from './rate-limits';
import { ThriftyLimits } from './thrifty-limits';
import type { VisitorSession } from './visitor-session';
import { secretBox } from './webhook-keys';

/** The dependencies with what ends them, in the order in which they are needed last. */
export interface OpenDependencies extends Dependencies {
  readonly connection: CacheConnection;
  close(): Promise<void>;
}

/**
 * Connects to the data tier. A database or a cache that is away does not keep the process from starting: it answers
 * what it can, says so on `/health`, and repairs its connections by itself.
 */
export async function createDependencies(
  configuration: Configuration,
  metrics: Metrics,
  logger: Logger,
): Promise<OpenDependencies> {
  const connection = await connectCache({
    ...cacheServer(configuration),
    onError: atMostEvery(10_000, (error: Error, leftOut) => logger.warn({ err: error, leftOut }, 'cache connection')),
  });
  const encryption = encryptionKeys(configuration);
  // What waits for a new primary gives up while there is still time to say so.
  const failoverTimeoutMillis = Math.max(500, configuration.handlerTimeoutSeconds * 1000 - 1000);
  const database = connectDatabase(configuration, metrics, failoverTimeoutMillis);
  const { cacheAccessFile } = configuration;
  const recorder = cacheAccessFile === '' ? undefined : new AccessRecorder();
  const cache = createCache({
    policies: cachePolicies,
    connection,
    encryption,
    metrics,
    shareDemand: true,
    ...(recorder && { recorder }),
  });
  const sessions = new Sessions<VisitorSession>({
    connection,
    secrets: configuration.sessionKeys.split(','),
    encryption,
    cookie: { secure: configuration.cookieSecure === 'on' },
    // Two requests of one visitor may end in any order; the session must keep the token that demands more.
    newerToken: (one, other) => laterToken(one, other) ?? other,
  });
  const live = new LiveServer({
    connection,
    admit: (request) => admitVisitor(sessions, request, configuration.trustedProxies),
    mayFollow,
    heartbeatMillis: configuration.liveHeartbeatSeconds * 1000,
    maxConnections: configuration.liveMaxConnections,
    metrics,
  });
  return {
    connection,
    database,
    cache,
    sessions,
    limits: new ThriftyLimits(new RateLimiter({ connection, tiers: rateLimits, metrics })),
    shedder: new LoadShedder({
      maxConcurrent: configuration.maxConcurrentRequests,
      maxWaiting: configuration.maxWaitingRequests,
      maxWaitMs: configuration.maxWaitMilliseconds,
      metrics,
    }),
    live,
    metrics,
    subscriptions:
      configuration.webhookKeys === ''
        ? undefined
        : new Subscriptions({ database, secrets: secretBox(configuration.webhookKeys), policy: publicDestinations }),
    close: async () => {
      await live.close();
      await cache.close();
      if (recorder) await writeFile(cacheAccessFile, recorder.export());
      await database.close();
      await connection.close();
    },
  };
}

/** `id=base64` pairs, the first of which encrypts; `CACHE_NAMING_KEY` hides the ids in key names. */
function encryptionKeys({ cacheKeys, cacheNamingKey }: Configuration): EncryptionKeys {
  const pairs = cacheKeys.split(',').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), Buffer.from(pair.slice(at + 1), 'base64')] as const;
  });
  return {
    current: pairs[0]?.[0] ?? '',
    keys: Object.fromEntries(pairs),
    naming: Buffer.from(cacheNamingKey, 'base64'),
  };
}
