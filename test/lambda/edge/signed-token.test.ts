import { createHmac } from 'node:crypto';
import { values, viewerRequest } from './edge-functions';

describe('the pre-check of a signed token', () => {
  const KEY = 'a-secret-key';
  const sign = (subject: string, expiry: number, key = KEY) =>
    `${subject}.${expiry}.${createHmac('sha256', key).update(`${subject}.${expiry}`).digest('base64url')}`;
  const status = async (cookie?: string, keys: Record<string, unknown> = { 'token-key': KEY }) => {
    const cookies = cookie === undefined ? {} : values({ session: cookie });
    return (await viewerRequest(keys)({ uri: '/api/me/orders', cookies })).response?.statusCode;
  };
  const FUTURE = 99_999_999_999;

  test('lets a genuine token through', async () => expect(await status(sign('u1', FUTURE))).toBeUndefined());

  test.each([
    ['missing', undefined],
    ['expired', sign('u1', 1_700_000_000)],
    ['signed with another key', sign('u1', FUTURE, 'guess')],
    ['for another subject', sign('u1', FUTURE).replace('u1', 'u2')],
    ['without a signature', `u1.${FUTURE}.`],
    ['with the expiry moved', sign('u1', 1_700_000_000).replace('1700000000', String(FUTURE))],
    ['nonsense', '....'],
  ])('answers 401 when the token is %s', async (_, cookie) => expect(await status(cookie)).toBe(401));

  test('leaves the check to the service while no key is stored', async () => {
    expect(await status(undefined, {})).toBeUndefined();
  });

  test('reads the store at most three times for the dearest request', async () => {
    const keys = { routing: { redirects: true }, 'token-key': KEY };
    const cookies = values({ session: sign('u1', FUTURE) });
    const { keysRead } = await viewerRequest(keys)({ uri: '/api/me/orders', cookies });
    expect(keysRead).toEqual(['routing', 'redirect:/api/me/orders', 'token-key']);
  });
});
