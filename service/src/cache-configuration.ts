import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { type CacheConnectionOptions, elastiCacheCredentials } from '../../runtime/cache';
import type { DataConfiguration } from './data-configuration';
import type { Rows } from './environment';
import { hidden } from './secret-text';

/** How to reach the cache server. */
export interface CacheConfiguration {
  /** `redis://` or `rediss://` and all; may hold a password. */
  readonly cacheUrl: string;
  /** Replication group or serverless cache to log in to with IAM; empty when the URL says all. */
  readonly cacheName: string;
  readonly cacheUser: string;
  /** What `cacheName` names. */
  readonly cacheKind: string;
  /** How long the start waits for the cache; then the process starts without it and goes on trying. */
  readonly cacheConnectMilliseconds: number;
  /** Where a process writes the accesses to its cache when it ends, for `npm run cache-report`; empty for nowhere. */
  readonly cacheAccessFile: string;
}

export const cacheRows: Rows<CacheConfiguration> = {
  cacheUrl: { variable: 'CACHE_URL', kind: 'required', what: 'redis://host:port, or rediss:// for TLS' },
  cacheName: { variable: 'CACHE_NAME', kind: 'text', default: '' },
  cacheUser: { variable: 'CACHE_USER', kind: 'text', default: '' },
  cacheKind: { variable: 'CACHE_KIND', kind: 'choice', choices: ['nodes', 'serverless'], default: 'nodes' },
  cacheConnectMilliseconds: {
    variable: 'CACHE_CONNECT_MILLISECONDS',
    kind: 'integer',
    min: 1,
    max: 30_000,
    default: 2000,
  },
  cacheAccessFile: { variable: 'CACHE_ACCESS_FILE', kind: 'text', default: '' },
};

type CacheLogin = CacheConfiguration & Pick<DataConfiguration, 'awsRegion'>;

/** What is wrong with how the fields fit together. */
export function cacheProblems({ cacheName, cacheUser, cacheUrl, awsRegion }: CacheLogin): string[] {
  const scheme = /^rediss?:\/\/./.test(cacheUrl) ? [] : [`CACHE_URL must start with redis:// or rediss:// ${hidden}`];
  if (cacheName === '') return scheme;
  const needs = 'when CACHE_NAME is set: the service logs in with a token of IAM';
  return [
    ...scheme,
    ...(cacheUser === '' ? [`CACHE_USER must be set ${needs}`] : []),
    ...(awsRegion === '' ? [`AWS_REGION must be set ${needs}`] : []),
    ...(cacheUrl.startsWith('rediss://') ? [] : [`CACHE_URL must start with rediss:// ${needs}, over TLS only`]),
  ];
}

/** The server, and who logs in: with tokens of IAM where the cache has a name; else what the URL says. */
export function cacheServer(configuration: CacheLogin): CacheConnectionOptions {
  const { cacheUrl: url, cacheName, cacheUser: userId, cacheKind, awsRegion: region } = configuration;
  const options = { url, connectTimeoutMs: configuration.cacheConnectMilliseconds };
  if (cacheName === '') return options;
  const serverless = cacheKind === 'serverless';
  const login = { cacheName, userId, region, serverless, credentials: defaultProvider() };
  return { ...options, credentials: elastiCacheCredentials(login) };
}
