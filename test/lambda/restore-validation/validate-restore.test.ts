import { S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import { writeManifest } from '../../../lambda/backup-manifest/write-manifest';
import { validateRestore } from '../../../lambda/restore-validation/validate-restore';
import { SEALED_TABLES } from '../../../lib/constructs/backup/manifest-writer';
import { migrate, migrations } from '../../../service/migrations';
import { type DataTier, startDataTier } from '../../local';
import { type AwsAnswer, type AwsRequest, type AwsServer, startAwsServer } from '../../local/aws-server';

const XML = { 'content-type': 'application/xml' };
const objects = new Map<string, string>();

/** S3 at wire level: put, get, list by prefix, two keys per page. */
function s3({ method, path, body }: AwsRequest): AwsAnswer {
  const url = new URL(path, 'http://s3');
  const key = decodeURIComponent(url.pathname.replace(/^\/bucket\/?/u, ''));
  if (method === 'PUT') {
    objects.set(key, body);
    return { body: '', headers: XML };
  }
  if (key !== '') return { body: objects.get(key) ?? '' };
  const after = url.searchParams.get('continuation-token') ?? '';
  const keys = [...objects.keys()].filter((each) => each > after).sort((a, b) => (a < b ? -1 : 1));
  const page = keys.slice(0, 2);
  const more = keys.length > page.length;
  return {
    headers: XML,
    body: `<ListBucketResult><IsTruncated>${more}</IsTruncated>${
      more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    }${page.map((each) => `<Contents><Key>${each}</Key></Contents>`).join('')}</ListBucketResult>`,
  };
}

let tier: DataTier;
let wire: AwsServer;
let client: S3Client;

beforeAll(async () => {
  [tier, wire] = await Promise.all([startDataTier({ replicas: 0, cache: false }), startAwsServer(s3)]);
  client = new S3Client({
    endpoint: wire.url,
    region: 'us-east-1',
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await tier.primary.query('CREATE DATABASE source', [], 'postgres');
  const owner = new pg.Client({
    host: tier.primary.host,
    port: tier.primary.port,
    user: 'postgres',
    database: 'source',
  });
  await owner.connect();
  await migrate(owner, migrations);
  await owner.query(
    "INSERT INTO items (category, title, description, price_cents, updated_at) SELECT 'c', 't' || n, 'd', n, now() - interval '1 hour' FROM generate_series(1, 100) n",
  );
  await owner.query("UPDATE schema_migrations SET applied_at = now() - interval '1 day'");
  await owner.end();
}, 120_000);

afterAll(async () => {
  client?.destroy();
  await wire?.stop();
  await tier?.stop();
});

beforeEach(() => objects.clear());

const environment = (database: string) => ({
  DATABASE_HOST: tier.primary.host,
  DATABASE_PORT: String(tier.primary.port),
  DATABASE_NAME: database,
  DATABASE_USER: 'app_ro',
  DATABASE_TLS: 'off',
});
const store = () => ({ s3: client, bucket: 'bucket' });

async function restored(damage = ''): Promise<string> {
  const name = `restored_${Math.random().toString(36).slice(2)}`;
  await tier.primary.query(`CREATE DATABASE ${name} TEMPLATE source`, [], 'postgres');
  if (damage !== '') await tier.primary.query(damage, [], name);
  return name;
}

const validate = (database: string, recoveryPointAt = new Date(Date.now() + 1000)) => {
  const restoreStartedAt = new Date(Date.now() - 60_000).toISOString();
  return validateRestore(
    { host: tier.primary.host, restoreStartedAt, recoveryPointAt: recoveryPointAt.toISOString() },
    { environment: environment(database), store: store(), disposable: [], now: () => new Date() },
  );
};

test('a good copy passes, with how long it took and how much of the newest data it lacks', async () => {
  const written = await writeManifest(environment('source'), store(), SEALED_TABLES);
  expect(written.rows).toBeGreaterThanOrEqual(100 + migrations.length);
  const verdict = await validate(await restored());
  expect(verdict).toMatchObject({ passed: true, message: expect.stringContaining(`${written.rows} rows are as in`) });
  expect(verdict.restoreSeconds).toBeGreaterThanOrEqual(60);
  // The newest row is an hour old, and the restore began a minute ago.
  expect(verdict.dataLossSeconds).toBeGreaterThan(3500);
  expect(verdict.dataLossSeconds).toBeLessThan(3700);
});

test('a damaged copy is refused, and the message says what differs', async () => {
  await writeManifest(environment('source'), store(), SEALED_TABLES);
  const verdict = await validate(await restored("UPDATE items SET title = 'x' WHERE id = 5; DROP TABLE preferences"));
  expect(verdict.passed).toBe(false);
  expect(verdict.message).toBe(
    'table public.items has 100 settled rows whose content differs; table public.preferences is missing',
  );
});

test('compares with the newest manifest that is older than the recovery point, over all pages', async () => {
  const { key } = await writeManifest(environment('source'), store(), SEALED_TABLES);
  const manifest = objects.get(key) ?? '';
  objects.clear();
  for (const year of [2001, 2002, 2003])
    objects.set(`manifests/${year}-01-01T00:00:00.000000Z.json`, 'too old to be read');
  objects.set('manifests/2004-01-01T00:00:00.000000Z.json', manifest);
  objects.set('manifests/2005-01-01T00:00:00.000000Z.json', 'too new to be read');
  const verdict = await validate(await restored(), new Date('2004-06-01T00:00:00Z'));
  expect(verdict.passed).toBe(true);
});

test('without a manifest from before, nothing has been proven', async () => {
  const verdict = await validate(await restored(), new Date('2000-01-01T00:00:00Z'));
  expect(verdict).toMatchObject({
    passed: false,
    message: expect.stringContaining('there is no manifest from before'),
  });
});
