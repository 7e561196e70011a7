import type { EdgeResponse, ViewerResponseEvent } from './event';
import { readRouting } from './routing';
import { settings, settingsOf } from './settings';
import { rememberedAs, VARIANT_COOKIE, variantOf } from './variant';

/**
 * Runs after the cache, on answers below 400 (CloudFront skips it for errors of the origin): what it adds is never
 * stored. Headers that every answer gets are a response headers policy; here is what needs a decision.
 */
export async function handler(event: ViewerResponseEvent): Promise<EdgeResponse> {
  const response = event.response;
  const request = event.request;
  const headers = response.headers;
  // Tags name records of the application; they are for the cache, not for viewers.
  delete headers['cache-tag'];

  const type = headers['content-type'];
  if (type?.value.startsWith('text/html') === true && headers['content-security-policy'] === undefined) {
    headers['content-security-policy'] = { value: settings.contentSecurityPolicy };
  }
  const host = request.headers['host'];
  if (settings.canonicalHosts.length > 0 && host !== undefined && !settings.canonicalHosts.includes(host.value)) {
    headers['x-robots-tag'] = { value: 'noindex' };
  }
  const cookies = response.cookies;
  if (cookies !== undefined && Object.keys(cookies).length > 0 && headers['cache-control'] === undefined) {
    headers['cache-control'] = { value: 'private, no-store' };
  }

  const row = settingsOf(request.uri);
  if (row === undefined) return response;
  if (row.shared) withoutLimits(response);
  if (!row.routed) return response;
  const routing = await readRouting();
  if (routing.canary === undefined && routing.experiment === undefined) return response;
  const remembered = rememberedAs(variantOf(request, event.viewer.ip, routing), routing);
  const known = request.cookies[VARIANT_COOKIE];
  if (known?.value !== remembered) {
    response.cookies = response.cookies ?? {};
    response.cookies[VARIANT_COOKIE] = {
      value: remembered,
      attributes: 'Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax',
    };
  }
  return response;
}

/** What is left of a limit is the matter of one caller; in the cache it would be told to the next one. */
function withoutLimits(response: EdgeResponse): void {
  ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].forEach((name) => {
    delete response.headers[name];
  });
}
