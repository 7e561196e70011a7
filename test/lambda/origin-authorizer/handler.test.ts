import { isFromCdn, remembered } from '../../../lambda/origin-authorizer/is-from-cdn';
import { awsEnvironment, jsonService, startAwsServer } from '../../local/aws-server';
import { startFunction } from '../../local/lambda-runtime';

const secret = { current: async () => 'what the CDN says' };

test.each([
  ['what the CDN says', true],
  ['what the CDN say', false],
  ['', false],
  [undefined, false],
])('%p is the CDN: %p', async (given, expected) => {
  expect(await isFromCdn(given, secret)).toBe(expected);
});

test('an empty secret lets nobody in', async () => {
  expect(await isFromCdn('', { current: async () => '' })).toBe(false);
});

test('asks again when what it knows is old, or when it got no answer; two at once ask once', async () => {
  let [time, calls] = [0, 0];
  const load = async () => {
    calls += 1;
    if (calls === 2) throw new Error('away');
    return `answer ${calls}`;
  };
  const { current } = remembered(load, 1_000, () => time);
  expect(await Promise.all([current(), current()])).toEqual(['answer 1', 'answer 1']);
  time = 1_000;
  await expect(current()).rejects.toThrow('away');
  expect(await current()).toBe('answer 3');
});

test('under the runtime client of AWS, with the secret where AWS keeps it', async () => {
  const secrets = await startAwsServer(jsonService({ GetSecretValue: () => ({ SecretString: 'what the CDN says' }) }));
  const authorizer = startFunction('origin-authorizer', {
    environment: { ...awsEnvironment(secrets), ORIGIN_SECRET_ARN: 'arn', ORIGIN_HEADER: 'x-origin-verify' },
  });
  try {
    const ask = (value: string) => authorizer.call({ version: '2.0', headers: { 'x-origin-verify': value } });
    expect(await ask('what the CDN says')).toEqual({ isAuthorized: true });
    expect(await ask('a guess')).toEqual({ isAuthorized: false });
    expect(await authorizer.call({ version: '2.0', headers: {} })).toEqual({ isAuthorized: false });
    expect(secrets.requests.map(({ operation }) => operation)).toEqual(['GetSecretValue']);
  } finally {
    await authorizer.stop();
    await secrets.stop();
  }
});
