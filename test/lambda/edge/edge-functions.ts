import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type FunctionRun, loadEdgeFunction } from '../../../analysis/edge/function-runtime';
import type { EdgeRequest, EdgeResponse, EdgeValues } from '../../../lambda/edge/event';
import { serialiseQuery } from '../../../lambda/edge/normalise-query';
import type { EdgeSettings } from '../../../lambda/edge/settings';

/** Settings like those of a real distribution: static files, a cached API, a personal part, everything else. */
export const SETTINGS: EdgeSettings = {
  paths: [
    { path: '/static/', query: [], routed: false, pinned: false, shared: false, tokenRequired: false },
    { path: '/api/me/', query: 'all', routed: true, pinned: false, shared: false, tokenRequired: true },
    { path: '/api/', query: ['page', 'q', 'sort'], routed: true, pinned: false, shared: true, tokenRequired: false },
    { path: '/', query: 'all', routed: true, pinned: false, shared: false, tokenRequired: false },
  ],
  origins: { 'us-east-1': 'app-us-east-1', 'eu-west-1': 'app-eu-west-1' },
  home: 'us-east-1',
  tokenCookie: 'session',
  canonicalHosts: ['www.example.com'],
  contentSecurityPolicy: "default-src 'self'",
};

/** The bundle that `npm run build` made, as it is deployed: with the settings in the place of their mark. */
export function builtFunction(name: 'viewer-request' | 'viewer-response', settings: EdgeSettings = SETTINGS): string {
  const file = path.join('dist', 'edge', `${name}.js`);
  return readFileSync(file, 'utf8').replace('__EDGE_SETTINGS__', JSON.stringify(settings));
}

/** A `viewer-request` function with `keys` in its key-value store. */
export function viewerRequest(keys: Record<string, unknown> = {}, settings: EdgeSettings = SETTINGS) {
  const run = loadEdgeFunction(builtFunction('viewer-request', settings), store(keys));
  return async (request: Partial<EdgeRequest>, ip = '198.51.100.7'): Promise<Outcome> =>
    outcome(run(event('viewer-request', aRequest(request), ip)));
}

/** A `viewer-response` function with `keys` in its key-value store. */
export function viewerResponse(keys: Record<string, unknown> = {}, settings: EdgeSettings = SETTINGS) {
  const run = loadEdgeFunction(builtFunction('viewer-response', settings), store(keys));
  return async (
    request: Partial<EdgeRequest>,
    response: Partial<EdgeResponse>,
    ip = '198.51.100.7',
  ): Promise<EdgeResponse> => {
    const answer = { statusCode: 200, statusDescription: 'OK', headers: {}, cookies: {}, ...response };
    const ran = run({ ...event('viewer-response', aRequest(request), ip), response: answer });
    return ran.result as EdgeResponse;
  };
}

export interface Outcome extends FunctionRun {
  /** The answer that was made at the edge, if any. */
  readonly response?: EdgeResponse;
  /** The request that goes on, if any. */
  readonly request?: EdgeRequest;
}

/** `{ a: '1' }` as the event has it. */
export function values(plain: Record<string, string>): EdgeValues {
  return Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, { value }]));
}

function aRequest(request: Partial<EdgeRequest>): EdgeRequest {
  return {
    method: 'GET',
    uri: '/',
    querystring: {},
    headers: values({ host: 'www.example.com', 'user-agent': 'test' }),
    cookies: {},
    ...request,
  };
}

function event(eventType: string, request: EdgeRequest, ip: string) {
  const context = {
    distributionDomainName: 'd111111abcdef8.cloudfront.net',
    distributionId: 'EDFDVBD6EXAMPLE',
    endpoint: 'd111111abcdef8.cloudfront.net',
    eventType,
    requestId: 'EXAMPLE_REQUEST_ID',
  };
  return { version: '1.0', context, viewer: { ip }, request };
}

function store(keys: Record<string, unknown>): Map<string, string> {
  return new Map(
    Object.entries(keys).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function outcome(run: FunctionRun): Outcome {
  const result = run.result as EdgeRequest | EdgeResponse;
  return 'statusCode' in result ? { ...run, response: result } : { ...run, request: result };
}

/** What a cache keyed on path and query would see. */
export const spelling = (request: { uri: string; querystring: EdgeValues } | undefined) =>
  request === undefined ? undefined : request.uri + serialiseQuery(request.querystring);
