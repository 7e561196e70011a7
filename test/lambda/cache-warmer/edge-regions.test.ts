import { fromElsewhere, fromHere } from '../../../lambda/cache-warmer/edge-regions';
import { NotAskedError } from '../../../lambda/cache-warmer/warm-edge';
import type { Outcome } from '../../local/lambda-runtime';
import { type LambdaServer, startLambdaServer } from '../../local/lambda-server';

const REPORT = { requests: 2, hits: 1, failed: 0, gigabyteSeconds: 0.5 };
const paths = ['/api/items/1', '/api/items/2'];
const soon = (): number => Date.now() + 30_000;

let lambda: LambdaServer;
let outcome: Outcome;

beforeEach(async () => {
  outcome = { kind: 'response', value: REPORT };
  lambda = await startLambdaServer({ 'us-west-2:asks': { invoke: async () => outcome } });
  process.env['AWS_ENDPOINT_URL_LAMBDA'] = lambda.url;
  process.env['AWS_ACCESS_KEY_ID'] = 'none';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'none';
});

afterEach(() => lambda.stop());

const west = (functionName = 'asks') => fromElsewhere('us-west-2', 'https://a', functionName);

test('this region asks by itself', async () => {
  const asked: string[] = [];
  const here = fromHere('us-east-1', 'https://a', async (url) => {
    asked.push(url);
    return { status: 200, hit: false };
  });
  expect(await here.ask(paths, soon())).toEqual({ requests: 2, hits: 0, failed: 0, gigabyteSeconds: 0 });
  expect(asked).toEqual(['https://a/api/items/1', 'https://a/api/items/2']);
});

test('another region is handed the paths and the time that is left, and says what became of them', async () => {
  expect(await west().ask(paths, soon())).toEqual(REPORT);
  expect(lambda.calls).toEqual([
    { region: 'us-west-2', name: 'asks', event: { origin: 'https://a', paths, withinMs: expect.any(Number) } },
  ]);
  const { withinMs } = JSON.parse(lambda.requests[0]?.body ?? '{}');
  expect(withinMs).toBeGreaterThan(0);
  expect(withinMs).toBeLessThanOrEqual(30_000);
});

test('another region is not called when the time is up', async () => {
  expect(await west().ask(paths, Date.now())).toMatchObject({ requests: 0 });
  expect(lambda.requests).toEqual([]);
});

test.each([
  ['it is not there', 'nobody', undefined],
  ['it is called too often', 'asks', { status: 429, code: 'TooManyRequestsException' }],
  ['it may not be called', 'asks', { status: 403, code: 'AccessDeniedException' }],
])('a function has asked for nothing when %s', async (_, name, fault) => {
  if (fault !== undefined) lambda.fail(fault);
  await expect(west(name).ask(paths, soon())).rejects.toThrow(NotAskedError);
  expect(lambda.calls).toEqual([]);
});

test.each<[string, Outcome, string]>([
  [
    'throws',
    { kind: 'error', error: { errorType: 'Error', errorMessage: 'broken', trace: [] } },
    'the function failed: {"errorType":"Error","errorMessage":"broken","trace":[]}',
  ],
  ['is ended by Lambda', { kind: 'timeout', message: 'Task timed out' }, 'the function failed: {"errorMessage":"Task'],
  ['crashes', { kind: 'crash', message: 'Runtime exited' }, 'the function failed: {"errorMessage":"Runtime exited"}'],
  ['answers nothing', { kind: 'response', value: null }, 'the report must count up to 2 requests, got null'],
  ['answers nonsense', { kind: 'response', value: { requests: 1 } }, 'the report must count up to 2 requests'],
  [
    'says more than it was paid for',
    { kind: 'response', value: { ...REPORT, requests: 3 } },
    'the report must count up to 2 requests, got {"requests":3',
  ],
  [
    'does not say what it cost',
    { kind: 'response', value: { requests: 2, hits: 0, failed: 0 } },
    'the report must count up to 2 requests',
  ],
  [
    'counts what it has not asked for',
    { kind: 'response', value: { ...REPORT, failed: 2 } },
    'the report must count up to 2 requests',
  ],
])('nobody knows what a function has asked for that %s', async (_, result, message) => {
  outcome = result;
  const failure: unknown = await west()
    .ask(paths, soon())
    .catch((error: unknown) => error);
  expect(failure).not.toBeInstanceOf(NotAskedError);
  expect(String(failure)).toContain(message);
});

test.each([
  ['Lambda breaks', { status: 500, code: 'ServiceException' }],
  ['the answer is lost', { status: 502, code: 'BadGateway' }],
] as const)('a call is not repeated when %s: it may have been heard', async (_, fault) => {
  lambda.fail(fault, 5);
  const failure: unknown = await west()
    .ask(paths, soon())
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(failure).not.toBeInstanceOf(NotAskedError);
  expect(lambda.requests).toHaveLength(1);
});

test('a region that says nothing is waited for until its requests must have ended, and no longer', async () => {
  lambda.fail('no answer', 5);
  await expect(west().ask(paths, Date.now() + 1)).rejects.toThrow(/abort/i);
  expect(lambda.requests).toHaveLength(1);
});
