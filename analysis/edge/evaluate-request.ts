import type { Distribution, DistributionBehaviour, DistributionOrigin } from './distribution';
import type { FunctionEvent } from './function-runtime';
import { takes } from './policies';
import type { ForwardedParts } from './policy-settings';

/** A request as a viewer sends it. */
export interface ViewerRequest {
  readonly method?: string;
  /** Path and query string: `/api/items?limit=5`. */
  readonly url: string;
  readonly protocol?: 'https' | 'http';
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly ip?: string;
}

/** What CloudFront would do with a request, up to the origin. */
export interface EdgeAnswer {
  /** Path pattern of the behaviour. */
  readonly behaviour: string;

  /** Who answers, as far as the distribution decides it. */
  readonly answeredBy: 'redirect-to-https' | 'refused-method' | 'refused-protocol' | 'function' | 'cache-or-origin';

  /** Status and headers when no cache or origin is asked. */
  readonly response?: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };

  /** Path and query string after the function. */
  readonly url?: string;

  /** Requests with the same key share an answer; absent when the answer is never kept. */
  readonly cacheKey?: string;

  /** The origin that is asked on a miss. */
  readonly origin?: DistributionOrigin;

  /** What the origin gets: lower-case header names, names of cookies and query parameters. */
  readonly forwarded?: {
    readonly headers: readonly string[];
    readonly cookies: readonly string[];
    readonly queryParameters: readonly string[];
  };
}

interface Entry {
  readonly value: string;
  readonly multiValue?: readonly { readonly value: string }[];
}
type Entries = Readonly<Record<string, Entry>>;

interface Passed {
  readonly method: string;
  readonly uri: string;
  readonly querystring: Entries;
  readonly headers: Entries;
  readonly cookies: Entries;
}

/** The behaviour that CloudFront chooses: the first whose pattern the path matches, after RFC 3986 normalisation. */
function behaviourFor(distribution: Distribution, path: string): DistributionBehaviour {
  const normal = normaliseForMatching(path);
  const found = distribution.behaviours.find(({ pattern }) => matchesPattern(pattern, normal));
  if (found === undefined) throw new RangeError(`${distribution.resource.address} has no default behaviour`);
  return found;
}

/** Follows one request through behaviour, function, cache key and choice of origin. */
export function evaluateRequest(distribution: Distribution, request: ViewerRequest): EdgeAnswer {
  const passed = toPassed(request);
  const behaviour = behaviourFor(distribution, passed.uri);
  const common = { behaviour: behaviour.pattern };
  if (request.protocol === 'http' && behaviour.viewerProtocolPolicy !== 'allow-all') {
    if (behaviour.viewerProtocolPolicy === 'https-only') return { ...common, answeredBy: 'refused-protocol' };
    return { ...common, answeredBy: 'redirect-to-https', response: { statusCode: 301, headers: {} } };
  }
  if (!behaviour.allowedMethods.includes(passed.method)) {
    return { ...common, answeredBy: 'refused-method', response: { statusCode: 403, headers: {} } };
  }
  const run = behaviour.viewerRequest?.(eventOf(passed, request));
  const result = (run?.result ?? passed) as Passed | { statusCode: number; headers?: Entries };
  if ('statusCode' in result) {
    const headers = Object.fromEntries(Object.entries(result.headers ?? {}).map(([name, { value }]) => [name, value]));
    return { ...common, answeredBy: 'function', response: { statusCode: result.statusCode, headers } };
  }
  const origin = distribution.origins.get(run?.selectedOrigin ?? behaviour.targetOriginId);
  const key = cacheKeyOf(behaviour, result);
  return {
    ...common,
    answeredBy: 'cache-or-origin',
    url: result.uri + serialise(result.querystring),
    ...(key === undefined ? {} : { cacheKey: key }),
    ...(origin === undefined ? {} : { origin }),
    forwarded: forwardedOf(behaviour, result),
  };
}

function toPassed({ method = 'GET', url, headers = {}, cookies = {} }: ViewerRequest): Passed {
  const [uri = '/', query = ''] = url.split(/\?(.*)/s);
  const entries = (plain: Readonly<Record<string, string>>): Record<string, Entry> =>
    Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, { value }]));
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method,
    uri,
    querystring: parseQuery(query),
    headers: entries({ host: 'd111111abcdef8.cloudfront.net', ...lower }),
    cookies: entries(cookies),
  };
}

function parseQuery(query: string): Record<string, Entry> {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return Object.fromEntries(
    [...values].map(([name, list]) => [
      name,
      list.length === 1
        ? { value: list[0] ?? '' }
        : { value: list[0] ?? '', multiValue: list.map((value) => ({ value })) },
    ]),
  );
}

function eventOf(request: Passed, { ip = '198.51.100.1' }: ViewerRequest): FunctionEvent {
  const context = { distributionDomainName: 'd111111abcdef8.cloudfront.net', eventType: 'viewer-request' };
  return { version: '1.0', context, viewer: { ip }, request };
}

/** Path, and of query, headers and cookies what the policy names; encodings count when the viewer accepts them. */
function cacheKeyOf({ cache }: DistributionBehaviour, request: Passed): string | undefined {
  if (cache.maxTtl === 0 || !['GET', 'HEAD'].includes(request.method)) return undefined;
  const accepted = request.headers['accept-encoding']?.value ?? '';
  const parts: readonly (readonly [string, string])[] = [
    ['query', serialise(chosen(request.querystring, cache.queryStrings))],
    ['headers', serialise(chosen(request.headers, cache.headers))],
    ['cookies', serialise(chosen(request.cookies, cache.cookies))],
    ['encodings', cache.compressed.filter((encoding) => accepted.includes(encoding)).join(',')],
  ];
  return [request.uri, ...parts.filter(([, text]) => text !== '').map(([name, text]) => `${name}${text}`)].join(' ');
}

function forwardedOf({ cache, originRequest }: DistributionBehaviour, request: Passed): EdgeAnswer['forwarded'] {
  const names = (entries: Entries, inKey: ForwardedParts, besides: ForwardedParts): string[] =>
    Object.keys(entries).filter((name) => takes(inKey, name) || takes(besides, name));
  const headers = names(request.headers, cache.headers, originRequest.headers);
  // Without being named, Authorization of a read does not reach the origin, and that of a write does:
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
  const writes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  const authorization = writes && request.headers['authorization'] !== undefined && !headers.includes('authorization');
  return {
    headers: authorization ? [...headers, 'authorization'] : headers,
    cookies: names(request.cookies, cache.cookies, originRequest.cookies),
    queryParameters: names(request.querystring, cache.queryStrings, originRequest.queryStrings),
  };
}

function chosen(entries: Entries, parts: ForwardedParts): Entries {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => takes(parts, name)));
}

function serialise(entries: Entries): string {
  const pairs = Object.entries(entries).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((each) => `${name}=${each.value}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** `*` stands for any characters, `?` for one; a leading slash may be missing from the pattern. */
function matchesPattern(pattern: string, path: string): boolean {
  const source = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  const expression = source
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(path);
}

/** Unreserved characters decoded and dot segments removed, as CloudFront does before it chooses a behaviour. */
function normaliseForMatching(path: string): string {
  const decoded = path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded.toUpperCase();
  });
  const kept: string[] = [];
  const segments = decoded.split('/').slice(1);
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (last) kept.push('');
  });
  return `/${kept.join('/')}`;
}
