import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries';
import { APPLICATION, PostgresServer } from './postgres-server';
import type { Rig } from './rig';
import { runAs } from './run-as';
import { withRetries } from './server-process';

export interface PostgresClusterOptions {
  /** How many streaming replicas. */
  readonly replicas: number;
  /** A commit waits until one replica has it, which stands in for Aurora's shared durable storage. */
  readonly synchronous: boolean;
  /** Settings of `postgresql.conf` for every server, over the rig's own. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface PostgresCluster {
  readonly primary: PostgresServer;
  readonly replicas: readonly PostgresServer[];
}

/** Fast and forgetful: the data dies with the rig, so nothing needs to reach the disk. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  wal_level: 'replica',
  hot_standby: 'on',
  // A replica must allow as many connections as its primary, or it refuses to start.
  max_connections: '200',
  max_wal_senders: '10',
  // A replica that was away finds what it missed.
  wal_keep_size: '256MB',
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '100ms',
  // Long reads on a replica are not cancelled by vacuum on the primary.
  hot_standby_feedback: 'on',
  shared_buffers: '32MB',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'on',
  autovacuum_naptime: '10s',
  log_min_messages: 'warning',
};

export function startPostgresCluster(rig: Rig, options: PostgresClusterOptions): Promise<PostgresCluster> {
  const binaries = postgresBinaries(rig.account, rig.folder);
  return withRetries(() => startOnce(rig, binaries, options));
}

async function startOnce(
  rig: Rig,
  binaries: PostgresBinaries,
  options: PostgresClusterOptions,
): Promise<PostgresCluster> {
  const names = ['primary', ...Array.from({ length: options.replicas }, (_, index) => `replica-${index + 1}`)];
  const attempt = `${Date.now()}`;
  const folders = names.map((name) => path.join(rig.folder, `${name}-${attempt}`));
  const [template = rig.folder, ...clones] = folders;
  await initialize(rig, binaries, template);
  // Cold clones of a cluster that never ran: npm's package has no pg_basebackup, and this is faster.
  await Promise.all(clones.map((clone) => runAs(rig, 'cp', ['-a', template, clone], {})));
  const servers: PostgresServer[] = [];
  for (const [index, name] of names.entries()) {
    const server = new PostgresServer(name, await freePort(), folders[index] ?? template, binaries, rig);
    server.writeSettings({ ...SETTINGS, port: `${server.port}`, ...options.settings });
    servers.push(server);
  }
  const [primary, ...replicas] = servers;
  if (primary === undefined) throw new Error('a cluster has a primary');
  for (const replica of replicas) await replica.follow(primary);
  const started = await Promise.allSettled(servers.map((server) => server.start()));
  const failure = started.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await Promise.all(servers.map((server) => server.stop()));
    throw failure.reason;
  }
  await streaming(primary, replicas.length);
  if (options.synchronous) await primary.configure({ synchronous_standby_names: 'ANY 1 (*)' });
  await createApplication(primary);
  await caughtUp(primary, replicas);
  return { primary, replicas };
}

function initialize(rig: Rig, binaries: PostgresBinaries, folder: string): Promise<void> {
  // Small segments: a new cluster has one of them, and each server has its own copy.
  const args = [
    '-D',
    folder,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
    '--wal-segsize=4',
  ];
  return runAs(rig, binaries.initdb, args, binaries.env);
}

async function streaming(primary: PostgresServer, expected: number): Promise<void> {
  const sql = "SELECT count(*)::int AS streaming FROM pg_stat_replication WHERE state = 'streaming'";
  const deadline = Date.now() + 30_000;
  for (;;) {
    const [row] = await primary.query<{ streaming: number }>(sql, [], 'postgres');
    if ((row?.streaming ?? 0) >= expected) return;
    if (Date.now() > deadline) throw new Error(`${row?.streaming} of ${expected} replicas are streaming after 30 s`);
    await sleep(20);
  }
}

async function createApplication(primary: PostgresServer): Promise<void> {
  await primary.query(`CREATE ROLE ${APPLICATION} LOGIN`, [], 'postgres');
  await primary.query(`CREATE DATABASE ${APPLICATION} OWNER ${APPLICATION}`, [], 'postgres');
}

/** Waits until every replica shows what the primary has committed so far. */
export async function caughtUp(primary: PostgresServer, replicas: readonly PostgresServer[]): Promise<void> {
  const [row] = await primary.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn', [], 'postgres');
  const sql = 'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS reached';
  for (const replica of replicas) {
    while (!(await replica.query<{ reached: boolean }>(sql, [row?.lsn], 'postgres'))[0]?.reached) await sleep(10);
  }
}
