import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { Random } from '../../analysis/rehearsal/queueing/random';
import {
  INDEXES,
  type IndexRow,
  type IndexSuggestion,
  isCovered,
  missingIndexes,
  type PlanNode,
} from '../../runtime/insights';
import { HttpConnection } from '../../test/load/http-connection';
import type { LoadResult } from '../../test/load/load-result';
import { runOpenLoop } from '../../test/load/open-loop';
import { requestMix, SAMPLE } from '../../test/load/request-mix';
import { signIn } from '../../test/load/users';
import { type LocalPlatform, startLocalPlatform } from '../../test/service/rig/local-platform';
import { type CpuProfile, callTree, type Frame } from './flame-graph';
import {
  type LoggedStatement,
  loggedStatements,
  type RepeatedStatement,
  repeatedStatements,
  type StatementSummary,
  summarizeStatements,
} from './statements';

/** A statement with the plan that PostgreSQL used for its slowest parameters. */
interface ExplainedStatement extends StatementSummary {
  readonly plan: string;
}

/** What a profile of the service under load found. */
export interface ServiceProfile {
  readonly load: LoadResult;
  readonly cpu: Frame;
  /** How late the event loop ran, in milliseconds. */
  readonly eventLoopDelay: Readonly<Record<'mean' | 'p50' | 'p95' | 'p99' | 'max', number>>;
  readonly statements: readonly ExplainedStatement[];
  readonly repeated: readonly RepeatedStatement[];
  readonly indexes: readonly IndexSuggestion[];
}

export interface ProfileOptions {
  readonly requestsPerSecond: number;
  readonly seconds: number;
}

const EXPLAINED = 12;

/** Statements of the service itself: not those by which the library asks servers for their role and position. */
const OF_THE_SERVICE = /\b(items|item_features|events|preferences|api_clients)\b/;

/** Runs one process of the service on a real data tier under open-loop load, and looks at it from every side. */
export async function profileService(options: ProfileOptions): Promise<ServiceProfile> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'headroom-profile-'));
  const delayFile = path.join(folder, 'event-loop.json');
  const platform = await startLocalPlatform({
    services: 1,
    replicas: 2,
    items: SAMPLE.items,
    events: 5 * SAMPLE.items,
    targetGroup: 'none',
    settings: { log_min_duration_statement: '0', log_line_prefix: '%m [%p] ' },
    environment: { EVENT_LOOP_FILE: delayFile },
    nodeArguments: ['-r', path.resolve('bin/profile/event-loop-delay.cjs'), '--cpu-prof', `--cpu-prof-dir=${folder}`],
  });
  try {
    // What filled the catalogue is not the service's.
    const before = mark(platform);
    const repeated = await probe(platform);
    const load = await runOpenLoop({
      profile: 'profile',
      target: platform.url,
      stages: [{ seconds: options.seconds, from: options.requestsPerSecond, to: options.requestsPerSecond }],
      connections: 100,
      kinds: requestMix,
      seed: 1,
      timeoutSeconds: 30,
    });
    const { statements, indexes } = await explain(platform, before);
    // The profile and the delays are written when the process ends.
    await platform.services[0]?.stop();
    const cpuFile = readdirSync(folder).find((name) => name.endsWith('.cpuprofile')) ?? '';
    const cpu = callTree(JSON.parse(readFileSync(path.join(folder, cpuFile), 'utf8')) as CpuProfile);
    return { load, cpu, eventLoopDelay: JSON.parse(readFileSync(delayFile, 'utf8')), statements, repeated, indexes };
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sends one request of each kind while every cache is cold, and sees what each asks of the database. */
async function probe(platform: LocalPlatform): Promise<readonly RepeatedStatement[]> {
  const { hostname, port } = new URL(platform.url);
  const line = new HttpConnection(hostname, Number(port));
  const [user] = await signIn([line], true);
  const random = new Random(1);
  const repeated: RepeatedStatement[] = [];
  for (const kind of requestMix) {
    const before = mark(platform);
    await line.send(user?.request(kind.next(random)) ?? '');
    repeated.push(...repeatedStatements(kind.name, statementsSince(platform, before)));
  }
  line.close();
  return repeated;
}

/** How far each server's log had got. */
type Marks = readonly number[];

const servers = ({ tier }: LocalPlatform) => [tier.primary, ...tier.replicas];

const mark = (platform: LocalPlatform): Marks => servers(platform).map((server) => server.log().length);

/** What the service asked since `from`. */
function statementsSince(platform: LocalPlatform, from: Marks): readonly LoggedStatement[] {
  return servers(platform)
    .flatMap((server, index) => loggedStatements(server.log().slice(from[index] ?? 0)))
    .filter(({ sql }) => OF_THE_SERVICE.test(sql) && !sql.startsWith('EXPLAIN'));
}

/** Explains the most expensive statements with their slowest parameters; a write is rolled back. */
async function explain(platform: LocalPlatform, before: Marks) {
  const { host, port } = platform.tier.primary;
  const { database } = platform.tier.credentials;
  const client = new pg.Client({ host, port, database, user: 'postgres' });
  await client.connect();
  const statements: ExplainedStatement[] = [];
  const indexes: IndexSuggestion[] = [];
  try {
    for (const summary of summarizeStatements(statementsSince(platform, before)).slice(0, EXPLAINED)) {
      const { text, tree } = await plansOf(client, summary);
      statements.push({ ...summary, plan: text });
      indexes.push(...(tree === undefined ? [] : missingIndexes(tree)));
    }
  } finally {
    await client.end();
  }
  const unique = new Map(indexes.map((suggestion) => [suggestion.statement, suggestion]));
  const existing = await platform.tier.primary.query<IndexRow>(INDEXES);
  return { statements, indexes: [...unique.values()].filter((suggestion) => !isCovered(suggestion, existing)) };
}

async function plansOf(client: pg.Client, { sql, slowestParams }: StatementSummary) {
  const ask = async (format: string) => {
    await client.query('BEGIN');
    try {
      return (await client.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT ${format}) ${sql}`, [...slowestParams])).rows;
    } finally {
      await client.query('ROLLBACK');
    }
  };
  try {
    const text = (await ask('TEXT')).map((row) => row['QUERY PLAN']).join('\n');
    const tree: PlanNode | undefined = (await ask('JSON'))[0]?.['QUERY PLAN']?.[0]?.Plan;
    return { text, tree };
  } catch (error) {
    return { text: `cannot be explained: ${error instanceof Error ? error.message : String(error)}`, tree: undefined };
  }
}
