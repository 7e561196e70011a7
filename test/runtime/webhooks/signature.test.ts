import { newSigningSecret, signedHeaders, verifyWebhook, WebhookVerificationError } from '../../../runtime/webhooks';

/** The vector that the libraries of the specification test themselves with. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  message: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const { secret, message } = VECTOR;
const headers = signedHeaders([secret], message);
const genuine = { headers, body: message.body, secrets: [secret], now: message.timestamp + 10 };

test('signs as Standard Webhooks says', () => {
  expect(headers).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': VECTOR.signature,
  });
});

test('makes secrets of 32 bytes that differ', () => {
  const [one, other] = [newSigningSecret(), newSigningSecret()];
  expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(one).not.toBe(other);
});

test('gives a receiver the id of what is genuine', () => {
  expect(verifyWebhook(genuine)).toBe(message.id);
});

test('while a secret rotates, a receiver with either one believes the message, and one with neither does not', () => {
  const [older, newer, foreign] = [newSigningSecret(), newSigningSecret(), newSigningSecret()];
  const rotating = { ...genuine, headers: signedHeaders([newer, older], message) };
  for (const secrets of [[older], [newer], [older, newer]])
    expect(verifyWebhook({ ...rotating, secrets })).toBe(message.id);
  expect(() => verifyWebhook({ ...rotating, secrets: [foreign] })).toThrow('has no signature with the secret');
});

test.each([
  ['another body', { body: '{"test": 1}' }, 'webhook-signature has no signature with the secret'],
  ['another id', { headers: { ...headers, 'webhook-id': 'msg_2' } }, 'has no signature with the secret'],
  ['another time', { headers: { ...headers, 'webhook-timestamp': '1614265331' } }, 'has no signature with the secret'],
  [
    'another version',
    { headers: { ...headers, 'webhook-signature': VECTOR.signature.replace('v1', 'v1a') } },
    'has no',
  ],
  ['a time that is none', { headers: { ...headers, 'webhook-timestamp': 'now' } }, 'webhook-timestamp is no number'],
  ['no signature', { headers: { ...headers, 'webhook-signature': undefined } }, 'header webhook-signature is missing'],
  ['two ids', { headers: { ...headers, 'webhook-id': ['a', 'b'] } }, 'the header webhook-id is missing'],
  ['a replay after five minutes', { now: message.timestamp + 301 }, 'more than 300 s away from now'],
  ['a time to come', { now: message.timestamp - 301 }, 'more than 300 s away from now'],
  ['an empty secret', { secrets: ['whsec_'] }, 'the secret must be the base64 of some bytes'],
])('fails when the request has %s', (_what, change, problem) => {
  const verify = () => verifyWebhook({ ...genuine, ...change });
  expect(verify).toThrow(WebhookVerificationError);
  expect(verify).toThrow(problem);
});
