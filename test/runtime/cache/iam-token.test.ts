import { createHash, createHmac } from 'node:crypto';
import { elastiCacheCredentials, elastiCacheToken } from '../../../runtime/cache';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const AT = new Date('2015-08-30T12:36:00Z');

const options = {
  cacheName: 'headroom-cache',
  userId: 'iam-user-01',
  region: 'us-east-1',
  credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET }),
};

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

function sha256(data: string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The documented steps, by hand: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signature(service: string, canonicalRequest: string): string {
  const scope = `20150830/us-east-1/${service}/aws4_request`;
  const stringToSign = ['AWS4-HMAC-SHA256', '20150830T123600Z', scope, sha256(canonicalRequest)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${SECRET}`, '20150830'), 'us-east-1'), service), 'aws4_request');
  return hmac(key, stringToSign).toString('hex');
}

const EMPTY_BODY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test("the steps by hand give the signature of AWS's published example", () => {
  const listUsers = [
    'GET',
    '/',
    'Action=ListUsers&Version=2010-05-08',
    'content-type:application/x-www-form-urlencoded; charset=utf-8',
    'host:iam.amazonaws.com',
    'x-amz-date:20150830T123600Z',
    '',
    'content-type;host;x-amz-date',
    EMPTY_BODY,
  ].join('\n');
  expect(signature('iam', listUsers)).toBe('5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7');
});

test('a token is the presigned request to connect, without its scheme', async () => {
  const query = [
    'Action=connect',
    'User=iam-user-01',
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Felasticache%2Faws4_request',
    'X-Amz-Date=20150830T123600Z',
    'X-Amz-Expires=900',
    'X-Amz-SignedHeaders=host',
  ];
  const canonical = ['GET', '/', query.join('&'), 'host:headroom-cache', '', 'host', EMPTY_BODY].join('\n');
  const [address, text = ''] = (await elastiCacheToken(options, AT)).split('?', 2);
  expect(address).toBe('headroom-cache/');
  expect(text.split('&').sort()).toEqual([...query, `X-Amz-Signature=${signature('elasticache', canonical)}`].sort());
});

test('a serverless cache and a session token are part of what is signed', async () => {
  const credentials = async () => ({ ...(await options.credentials()), sessionToken: 'a+b/c=' });
  const query = [
    'Action=connect',
    'ResourceType=ServerlessCache',
    'User=iam-user-01',
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Felasticache%2Faws4_request',
    'X-Amz-Date=20150830T123600Z',
    'X-Amz-Expires=900',
    'X-Amz-Security-Token=a%2Bb%2Fc%3D',
    'X-Amz-SignedHeaders=host',
  ];
  const canonical = ['GET', '/', query.join('&'), 'host:headroom-cache', '', 'host', EMPTY_BODY].join('\n');
  const token = await elastiCacheToken({ ...options, credentials, serverless: true }, AT);
  expect((token.split('?', 2)[1] ?? '').split('&').sort()).toEqual(
    [...query, `X-Amz-Signature=${signature('elasticache', canonical)}`].sort(),
  );
});

test('the name of the cache is signed in lower case, as ElastiCache keeps it', async () => {
  expect(await elastiCacheToken({ ...options, cacheName: 'Headroom-Cache' }, AT)).toBe(
    await elastiCacheToken(options, AT),
  );
});

test('credentials are the user with a token made when they are asked for', async () => {
  const { username, password } = await elastiCacheCredentials(options)();
  expect(username).toBe('iam-user-01');
  expect(password).toMatch(/^headroom-cache\/\?.*X-Amz-Signature=[0-9a-f]{64}/);
});
