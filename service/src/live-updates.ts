import type { IncomingMessage } from 'node:http';
import type { Admission } from '../../runtime/live';
import type { Sessions } from '../../runtime/session';
import type { VisitorSession } from './visitor-session';

/** Where clients open their WebSocket. */
export const LIVE_PATH = '/api/live';

/** Names what one item's followers hear of, as its cache tag does what shows it. */
const CATALOGUE = /^(item-\d{1,10}|category-[a-z][a-z0-9-]{0,39})$/;

/** A visitor with a session, from a page of this site: a browser sends cookies whatever page opens the connection. */
export async function admitVisitor(
  sessions: Pick<Sessions<VisitorSession>, 'resume'>,
  { url = '', headers }: IncomingMessage,
  trustedProxies: number,
): Promise<Admission> {
  if (url.split('?', 1)[0] !== LIVE_PATH) return { status: 404, detail: `WebSockets are opened at ${LIVE_PATH}` };
  if (!isSameSite(headers, trustedProxies)) {
    return { status: 403, detail: `pages of ${headers.origin} may not open live connections here` };
  }
  const resumed = await sessions.resume(headers.cookie);
  if (resumed.state === 'unavailable') return { status: 503, detail: 'sessions cannot be read now; try again' };
  const user = resumed.state === 'active' ? resumed.session.data.visitorId : undefined;
  return user === undefined ? { status: 401, detail: 'there is no session: POST /api/session starts one' } : { user };
}

/**
 * Whether the page that opens the connection is of this host. Only browsers send `Origin`, and only they need be
 * asked: anybody else would have to have the cookie. The CDN says in `X-Forwarded-Host` whom the browser asked.
 */
function isSameSite(headers: IncomingMessage['headers'], trustedProxies: number): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  const forwarded = trustedProxies > 0 ? headers['x-forwarded-host'] : undefined;
  return URL.canParse(origin) && new URL(origin).host === String(forwarded ?? host);
}

/** The catalogue is everybody's; what is a visitor's own, only that visitor hears. */
export function mayFollow(visitorId: string, topic: string): boolean {
  return CATALOGUE.test(topic) || topic === `visitor-${visitorId}`;
}
