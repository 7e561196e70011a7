import { Health } from '../../../runtime/health';

const fine = async (): Promise<void> => {};
const never = (): Promise<void> => new Promise(() => {});

function refused(): Promise<void> {
  return Promise.reject(Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' }));
}

test.each([
  ['ok', 200, fine, fine],
  ['ok', 200, fine, undefined],
  ['degraded', 200, fine, refused],
  ['degraded', 200, fine, never],
  ['unavailable', 503, refused, fine],
  ['unavailable', 503, never, refused],
])('is %s with %i', async (status, httpStatus, database, cache) => {
  const health = new Health({ database, deadlineMs: 30, ...(cache && { cache }) });
  expect(await health.check()).toMatchObject({ status, httpStatus });
});

test('says what kind of failure it was, and nothing that an error message may quote', async () => {
  const broken = (): Promise<void> => {
    throw new TypeError('password=secret');
  };
  const odd = (): Promise<void> => Promise.reject('text');
  expect(await new Health({ database: refused, cache: never, deadlineMs: 20 }).check()).toMatchObject({
    database: { status: 'failed', failure: 'ECONNREFUSED' },
    cache: { status: 'failed', failure: 'timeout' },
  });
  const report = await new Health({ database: broken, cache: odd }).check();
  expect(report).toMatchObject({ database: { failure: 'TypeError' }, cache: { failure: 'error' } });
  expect(JSON.stringify(report)).not.toContain('secret');
});

test('asks once for many who ask at the same time, and again later', async () => {
  let asked = 0;
  const database = async (): Promise<void> => {
    asked++;
  };
  const health = new Health({ database, reuseMs: 20 });
  await Promise.all(Array.from({ length: 50 }, () => health.check()));
  expect(asked).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 40));
  await health.check();
  expect(asked).toBe(2);
});
