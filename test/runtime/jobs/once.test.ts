import { createDatabase, type Database } from '../../../runtime/database';
import { effectOnce, LeaseHeldError, leasedOnce } from '../../../runtime/jobs';
import type { DataTier } from '../../local';
import { startServiceData } from '../../service/rig/local-service';

let tier: DataTier;
let database: Database;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, cache: false, items: 1, events: 0 });
  await tier.primary.query('CREATE TABLE effects (key text NOT NULL); GRANT ALL ON effects TO app_rw');
  database = createDatabase({ credentials: { user: 'app_rw', database: 'app' }, primary: tier.primary });
});

afterAll(async () => {
  await database.close();
  await tier.stop();
});

const insert = (key: string) =>
  effectOnce(database, key, async (transaction) => {
    await transaction.query('INSERT INTO effects VALUES ($1)', [key]);
    return { key, by: 'whoever came first' };
  });

const effects = async (key: string) => (await tier.primary.query('SELECT FROM effects WHERE key = $1', [key])).length;

test('of eight at once one has the effect, and all have its result', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => insert('eight')));
  expect(all.map(({ result }) => result)).toEqual(all.map(() => ({ key: 'eight', by: 'whoever came first' })));
  expect(all.filter(({ repeated }) => !repeated)).toHaveLength(1);
  expect(await effects('eight')).toBe(1);
});

test('an effect that failed left neither itself nor its key, so it can be tried again', async () => {
  const failing = effectOnce(database, 'again', async (transaction) => {
    await transaction.query("INSERT INTO effects VALUES ('again')");
    throw new Error('too bad');
  });
  await expect(failing).rejects.toThrow('too bad');
  expect(await effects('again')).toBe(0);
  expect(await insert('again')).toMatchObject({ repeated: false });
});

test('an effect without a result is as done as one with', async () => {
  const effect = jest.fn(async () => undefined);
  await effectOnce(database, 'silent', effect);
  expect(await effectOnce(database, 'silent', effect)).toEqual({ result: undefined, repeated: true });
  expect(effect).toHaveBeenCalledTimes(1);
});

test('under a lease nobody else begins, and when it is done nobody begins again', async () => {
  let finish: (result: string) => void = () => {};
  const first = leasedOnce(database, 'mail', 60, () => new Promise<string>((resolve) => (finish = resolve)));
  while ((await tier.primary.query("SELECT FROM job_keys WHERE key = 'mail'")).length === 0);
  const second = leasedOnce(database, 'mail', 60, async () => 'sent twice');
  await expect(second).rejects.toThrow(new LeaseHeldError('mail'));
  finish('sent');
  expect(await first).toEqual({ result: 'sent', repeated: false });
  expect(await leasedOnce(database, 'mail', 60, async () => 'sent twice')).toEqual({ result: 'sent', repeated: true });
});

test('a lease ends with a failure at once, and with its time when its holder died', async () => {
  const failing = leasedOnce(database, 'letter', 60, async () => {
    throw new Error('no stamp');
  });
  await expect(failing).rejects.toThrow('no stamp');
  const dying = leasedOnce(database, 'letter', 0, () => new Promise<string>(() => {}));
  void dying;
  while (
    (await tier.primary.query("SELECT FROM job_keys WHERE key = 'letter' AND leased_until > created_at")).length === 0
  );
  expect(await leasedOnce(database, 'letter', 60, async () => 'sent')).toEqual({ result: 'sent', repeated: false });
});

test('a holder whose lease has ended does not overwrite what the next one did', async () => {
  let finish: (result: string) => void = () => {};
  const slow = leasedOnce(database, 'parcel', 0, () => new Promise<string>((resolve) => (finish = resolve)));
  while ((await tier.primary.query("SELECT FROM job_keys WHERE key = 'parcel'")).length === 0);
  await leasedOnce(database, 'parcel', 60, async () => 'the second');
  finish('the first');
  await slow;
  expect(await leasedOnce(database, 'parcel', 60, async () => 'a third')).toMatchObject({ result: 'the second' });
});
