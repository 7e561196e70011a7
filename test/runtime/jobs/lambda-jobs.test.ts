import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type { DataTier } from '../../local';
import { awsEnvironment } from '../../local/aws-server';
import { EventSourceMapping } from '../../local/event-source-mapping';
import { FunctionFleet } from '../../local/function-fleet';
import { startFunctionIn } from '../../local/lambda-runtime';
import { type SqsServer, startSqsServer } from '../../local/sqs-server';
import { startServiceData } from '../../service/rig/local-service';
import { eventually } from '../support/eventually';

const COUNTING = 1_000;
const EXPLODING = 5;
const FUNCTIONS = 2;

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-function-'));
let tier: DataTier;
let queue: SqsServer;
let fleet: FunctionFleet;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, cache: false, items: 1, events: 0 });
  await tier.primary.query('CREATE TABLE effects (job_id text NOT NULL); GRANT ALL ON effects TO app_rw');
  queue = await startSqsServer({ visibilitySeconds: 3, maxReceives: 30, duplicateEvery: 40 });
  const entryPoints = [path.join(__dirname, 'counting-function-process.ts')];
  const outfile = path.join(folder, 'index.js');
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', external: ['pg-native'] });
  const { queueUrl: QUEUE_URL, deadLetterUrl: DEAD_LETTER_URL } = queue;
  const environment = { ...awsEnvironment(queue), PORT: String(tier.primary.port), QUEUE_URL, DEAD_LETTER_URL };
  fleet = new FunctionFleet(() => startFunctionIn(folder, { environment }), FUNCTIONS);
}, 120_000);

afterAll(async () => {
  await fleet.stop();
  rmSync(folder, { recursive: true });
  await queue.stop();
  await tier.stop();
});

test('a thousand jobs by functions that crash in their batches: each effect once, poison apart with its reason', async () => {
  const job = (type: string, number: number) => JSON.stringify({ id: `${type}-${number}`, type, data: { number } });
  queue.send(Array.from({ length: COUNTING }, (_, number) => job('count', number)));
  queue.send(Array.from({ length: EXPLODING }, (_, number) => job('explode', number)));
  let crashes = 0;
  const mapping = new EventSourceMapping({
    queue: queue.queue,
    fleet,
    batchSize: 10,
    maxConcurrency: FUNCTIONS,
    reportsItemFailures: true,
    onBatch: ({ kind }) => {
      if (kind !== 'response') crashes += 1;
    },
  });
  await eventually(() => queue.queue.size === 0, 240_000);
  await mapping.stop();

  // With one crash in a hundred jobs, none in a thousand has a chance of 1 in 20,000.
  expect(crashes).toBeGreaterThan(0);
  expect(await tier.primary.query('SELECT job_id FROM effects GROUP BY job_id HAVING count(*) <> 1')).toEqual([]);
  expect(await tier.primary.query('SELECT count(*)::int AS effects FROM effects')).toEqual([{ effects: COUNTING }]);
  const dead = new Map(
    queue.deadLetters.messages().map(({ body, attributes }) => [body, attributes['reason']?.StringValue]),
  );
  expect(new Set(dead.keys())).toEqual(
    new Set(Array.from({ length: EXPLODING }, (_, number) => job('explode', number))),
  );
  expect(dead.get(job('explode', 0))).toMatch(/^failed \d+ times, at last with Error: exploded$/);
}, 300_000);
