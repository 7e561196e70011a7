import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadAssembly } from '../../analysis/template';
import { createPlatformApp } from '../../bin/platform-app';
import { production } from '../../lib/config/production';
import { type LocalFunction, startFunction, startFunctionIn } from '../local/lambda-runtime';
import { type Benchmark, type BenchRow, median } from './bench';
import { readBundles } from './bundles';

const RUNS = 5;

/** What is much heavier than an empty function, and why it may be. */
const REASONS: Readonly<Record<string, string>> = {
  api: 'the whole service with its plugins, database and cache',
  'backup-manifest': 'the PostgreSQL driver and a client of S3; on a schedule, nobody waits for it',
  'cache-invalidator': 'a client of the cache besides one of AWS; nobody waits for it',
  'cache-warmer': 'a client of the cache besides the database and one of AWS; nobody waits for it',
  'capacity-advisor': 'clients of several services of AWS; on a schedule, nobody waits for it',
  'catalogue-projector': 'the PostgreSQL driver; behind the bus, nobody waits for it',
  'configuration-backup': 'clients of what it exports; on a schedule, nobody waits for it',
  'database-migrations': 'the PostgreSQL driver and every migration; at deployments and on a schedule',
  'order-saga': 'the PostgreSQL driver; steps of a workflow that goes on by itself',
  'outbox-relay': 'the PostgreSQL driver and a client of EventBridge; runs nearly all the time, so it starts rarely',
  'query-insights': 'the PostgreSQL driver and clients of AWS; on a schedule, nobody waits for it',
  'replica-monitor': 'clients of RDS and CloudWatch; on a schedule, nobody waits for it',
  'restore-validation': 'the PostgreSQL driver and clients of AWS; after a restore that took minutes',
};

type Environment = Readonly<Record<string, string>>;

/** The settings that production deploys each function with; what only AWS knows is made up. */
function environments(): ReadonlyMap<string, Environment> {
  const outdir = mkdtempSync(path.join(tmpdir(), 'headroom-bench-'));
  try {
    process.env['CDK_VALIDATION'] = 'false';
    createPlatformApp({ environments: [production], outdir }).synth();
    const functions = loadAssembly(outdir).ofType('AWS::Lambda::Function');
    return new Map(
      functions.flatMap((fn) => {
        const variables = fn.property('Environment', 'Variables');
        if (typeof variables !== 'object' || variables === null || !('POWERTOOLS_SERVICE_NAME' in variables)) return [];
        const known = Object.entries(variables).map(([name, value]) => [name, settingOf(name, value)] as const);
        return [[String(variables['POWERTOOLS_SERVICE_NAME']), Object.fromEntries(known)] as const];
      }),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function settingOf(name: string, value: unknown): string {
  if (typeof value === 'string' && !name.endsWith('_ARN')) return value;
  if (name.endsWith('_URL')) return 'rediss://127.0.0.1:1';
  return name.endsWith('_PORT') ? '1' : '127.0.0.1';
}

/** Milliseconds from the start of a process until its function asks for the first event. */
async function startUp(fn: LocalFunction): Promise<number> {
  try {
    await fn.start();
    return fn.initMillis[0] ?? Number.NaN;
  } finally {
    await fn.stop();
  }
}

/** Cold starts under AWS's own runtime client, each beside an empty function in the same round. */
async function coldStarts(progress: (message: string) => void): Promise<ReadonlyMap<string, readonly number[]>> {
  const settings = environments();
  const folder = mkdtempSync(path.join(tmpdir(), 'headroom-bench-'));
  const empty = path.join(folder, 'empty');
  mkdirSync(empty);
  writeFileSync(path.join(empty, 'index.js'), 'exports.handler = async () => {};');
  const times = new Map<string, number[]>();
  try {
    for (let round = 1; round <= RUNS; round++) {
      progress(`round ${round} of ${RUNS}`);
      const starts = [
        ['empty', () => startFunctionIn(empty)] as const,
        ...[...settings].map(
          ([name, environment]) => [name, () => startFunction(name, { environment, memory: 1024 })] as const,
        ),
      ];
      for (const [name, start] of starts) times.set(name, [...(times.get(name) ?? []), await startUp(start())]);
    }
    return times;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a cold start costs, function by function. */
export const functionsBenchmark: Benchmark = {
  name: 'functions',
  description: 'size and cold start of every function that production deploys, beside an empty one',
  async run(progress): Promise<readonly BenchRow[]> {
    const times = await coldStarts(progress);
    const empty = median(times.get('empty') ?? []);
    const deployed = readBundles().filter(({ name }) => times.has(name));
    return deployed.map(({ name, bytes, unused }) => {
      const reason = REASONS[name];
      const what = [`${Math.round(bytes / 1024)} KiB`, ...unused.map((client) => `unused ${client}`), reason];
      return {
        name: `start of ${name} (${what.filter((part) => part !== undefined).join('; ')})`,
        figure: median(times.get(name) ?? []),
        reference: { name: 'an empty function', figure: empty },
        unit: 'ms',
        ...(reason === undefined && { goal: { atMost: 2.5 } }),
        runs: RUNS,
      };
    });
  },
};
