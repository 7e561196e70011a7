import { answerNo, redirect } from './answers';
import type { EdgeRequest, EdgeResponse, ViewerRequestEvent } from './event';
import { normalisePath } from './normalise-path';
import { normaliseQuery, serialiseQuery } from './normalise-query';
import { type Routing, readRouting, readText, selectOrigin } from './routing';
import { type PathSettings, settings, settingsOf } from './settings';
import { isValidToken } from './signed-token';
import { setVariant, VARIANT_HEADER, type Variant, variantOf } from './variant';

/** Runs before the cache: one spelling per URL, one variant per viewer, one origin per request. */
export async function handler(event: ViewerRequestEvent): Promise<EdgeRequest | EdgeResponse> {
  const request = event.request;
  delete request.headers[VARIANT_HEADER];
  // The origin gets its own name as `Host`; this one says whom the viewer asked, whatever the viewer says itself.
  request.headers['x-forwarded-host'] = request.headers['host'];

  const uri = normalisePath(request.uri);
  const row = settingsOf(uri);
  request.querystring = normaliseQuery(request.querystring, row === undefined ? 'all' : row.query);
  // The behaviour was chosen by the path as sent. Rewriting the path here would keep that behaviour for a path that may
  // belong to another one, so the viewer is sent to the right spelling instead (docs/decisions/0042).
  if (uri !== request.uri) return redirect(uri + serialiseQuery(request.querystring), 308);
  if (row === undefined) return request;
  if (row.shared) withoutCredentials(request);
  if (!row.routed) return request;

  const routing = await readRouting();
  if (routing.maintenance === true && !isExempt(routing, event.viewer.ip)) {
    return answerNo(request, 503, 'Under maintenance', { 'retry-after': { value: '120' } });
  }
  if (routing.readOnly === true && !isRead(request)) {
    return answerNo(request, 503, 'Read only for a moment', { 'retry-after': { value: '30' } });
  }
  // One `await` per statement: the runtime accepts none among the arguments of a call.
  const redirection = await redirected(request, routing);
  if (redirection !== undefined) return redirection;
  const refusal = await refused(request, row);
  return refusal ?? route(request, event.viewer.ip, routing, row);
}

/** Writes keep them: they are never cached, and the application must know who writes. */
function withoutCredentials(request: EdgeRequest): void {
  if (!isRead(request)) return;
  delete request.headers['authorization'];
  delete request.headers['x-api-key'];
}

function isRead(request: EdgeRequest): boolean {
  return request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
}

function isExempt(routing: Routing, ip: string): boolean {
  return routing.maintenanceExempt?.includes(ip) === true;
}

/** Values are `<path>` or `<status> <path>`, such as `301 /new`; other hosts are not served from here. */
async function redirected(request: EdgeRequest, routing: Routing): Promise<EdgeResponse | undefined> {
  if (routing.redirects !== true) return undefined;
  const value = await readText(`redirect:${request.uri}`);
  const match = /^(?:(30[1278]) )?(\/(?![/\\]).*)$/.exec(value ?? '');
  if (match === null || match[2] === undefined || match[2] === request.uri) return undefined;
  return redirect(match[2], match[1] === undefined ? 308 : Number(match[1]));
}

async function refused(request: EdgeRequest, row: PathSettings): Promise<EdgeResponse | undefined> {
  if (!row.tokenRequired) return undefined;
  const key = await readText('token-key');
  // Without a key nothing can be checked here; the service checks every request in any case.
  if (key === undefined) return undefined;
  const cookie = request.cookies[settings.tokenCookie];
  const valid = cookie !== undefined && isValidToken(cookie.value, key, Math.floor(Date.now() / 1000));
  return valid ? undefined : answerNo(request, 401, 'Sign in first', {});
}

function route(request: EdgeRequest, viewerIp: string, routing: Routing, row: PathSettings): EdgeRequest {
  const variant = variantOf(request, viewerIp, routing);
  setVariant(request.headers, variant);
  if (row.pinned) return request;
  const region = regionOf(request, variant, routing);
  const origin = settings.origins[region];
  if (region !== settings.home && origin !== undefined) selectOrigin(origin);
  return request;
}

/** A region that is switched to in a disaster goes before everything else: the others may be the ones that are gone. */
function regionOf(request: EdgeRequest, variant: Variant, routing: Routing): string {
  if (routing.region !== undefined && routing.region !== settings.home) return routing.region;
  const canary = routing.canary;
  const regionByCountry = routing.regionByCountry;
  if (variant.release === 'canary' && canary?.region !== undefined) return canary.region;
  const country = request.headers['cloudfront-viewer-country'];
  if (!isRead(request) || regionByCountry === undefined || country === undefined) return settings.home;
  return regionByCountry[country.value] ?? settings.home;
}
