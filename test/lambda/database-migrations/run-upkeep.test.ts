import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import pg from 'pg';
import { runUpkeep } from '../../../lambda/database-migrations/run-upkeep';
import { type DataTier, startDataTier } from '../../local';

const ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster-1';
const now = new Date('2026-11-21T00:00:00Z');

let tier: DataTier;
let wire: Server;
let secrets: SecretsManagerClient;
let secret: string;

beforeAll(async () => {
  tier = await startDataTier({ replicas: 0, cache: false });
  await tier.primary.query('CREATE ROLE rds_iam');
  // Secrets Manager at wire level.
  wire = createServer((_request, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ ARN, SecretString: secret }));
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => wire.once('listening', listening));
  secrets = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${(wire.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});

afterAll(async () => {
  secrets?.destroy();
  wire?.close();
  await tier?.stop();
});

beforeEach(() => {
  secret = JSON.stringify({ username: 'postgres', password: 'unused' });
});

const upkeep = (database: string) =>
  runUpkeep({
    environment: {
      DATABASE_HOST: tier.primary.host,
      DATABASE_PORT: String(tier.primary.port),
      DATABASE_NAME: database,
      DATABASE_TLS: 'off',
      DATABASE_SECRET_ARN: ARN,
    },
    secrets,
    now,
  });

async function as<T>(user: string, database: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host: tier.primary.host, port: tier.primary.port, user, database });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

test('the first run makes users, grants, tables and partitions; the second finds nothing to do', async () => {
  await tier.primary.query('CREATE DATABASE fresh');
  const first = await upkeep('fresh');
  expect(first.applied.length).toBeGreaterThan(0);
  expect(first.partitions?.attached).toContain('events_2026_11');
  expect(await upkeep('fresh')).toMatchObject({ applied: [], partitions: { created: [], detached: [] } });
});

test('both users of the pool log in with IAM; one writes rows, one only reads, neither changes the schema', async () => {
  await tier.primary.query('CREATE DATABASE granted');
  await upkeep('granted');
  const members = await tier.primary.query(
    "SELECT pg_has_role('app_rw', 'rds_iam', 'member') AS rw, pg_has_role('app_ro', 'rds_iam', 'member') AS ro",
  );
  expect(members).toEqual([{ rw: true, ro: true }]);
  const write = 'DELETE FROM items';
  const read = 'SELECT count(*)::int AS items FROM items';
  const change = 'CREATE TABLE own (id integer)';
  await as('app_rw', 'granted', async (client) => {
    expect((await client.query(read)).rows).toEqual([{ items: expect.any(Number) }]);
    await client.query(write);
    await expect(client.query(change)).rejects.toMatchObject({ code: '42501' });
  });
  await as('app_ro', 'granted', async (client) => {
    await client.query(read);
    await expect(client.query(write)).rejects.toMatchObject({ code: expect.stringMatching(/^(25006|42501)$/) });
    await expect(client.query(change)).rejects.toMatchObject({ code: expect.stringMatching(/^(25006|42501)$/) });
  });
});

test.each([
  ['is no JSON', 'swordfish'],
  ['has no password', '{"username":"postgres"}'],
  ['has no text as password', '{"username":"postgres","password":7}'],
])('fails without quoting it when the secret %s', async (_how, value) => {
  secret = value;
  const failure = upkeep('postgres');
  await expect(failure).rejects.toThrow(
    `the secret ${ARN} must be JSON with \`username\` and \`password\`; is it the one of RDS?`,
  );
  await expect(failure).rejects.not.toThrow('swordfish');
});

test('fails when the database is not there, so that the deploy fails', async () => {
  await expect(upkeep('nowhere')).rejects.toMatchObject({ code: '3D000' });
});
