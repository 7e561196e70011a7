import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import type { SqsBatchResponse } from '../../../runtime/jobs';
import type { DataTier } from '../../local';
import { awsEnvironment } from '../../local/aws-server';
import { type LocalFunction, startFunctionIn } from '../../local/lambda-runtime';
import { type SqsServer, startSqsServer } from '../../local/sqs-server';
import { startServiceData } from '../../service/rig/local-service';

const COUNTING = 1_000;
const EXPLODING = 5;

const folder = mkdtempSync(path.join(tmpdir(), 'headroom-function-'));
let tier: DataTier;
let queue: SqsServer;
let functions: readonly LocalFunction[];

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, cache: false, items: 1, events: 0 });
  await tier.primary.query('CREATE TABLE effects (job_id text NOT NULL); GRANT ALL ON effects TO app_rw');
  queue = await startSqsServer({ visibilitySeconds: 3, maxReceives: 30, duplicateEvery: 40 });
  const entryPoints = [path.join(__dirname, 'counting-function-process.ts')];
  const outfile = path.join(folder, 'index.js');
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', external: ['pg-native'] });
  const { queueUrl: QUEUE_URL, deadLetterUrl: DEAD_LETTER_URL } = queue;
  const environment = { ...awsEnvironment(queue), PORT: String(tier.primary.port), QUEUE_URL, DEAD_LETTER_URL };
  functions = [startFunctionIn(folder, { environment }), startFunctionIn(folder, { environment })];
}, 120_000);

afterAll(async () => {
  await Promise.all(functions.map((fn) => fn.stop()));
  rmSync(folder, { recursive: true });
  await queue.stop();
  await tier.stop();
});

/** What Lambda does with a queue: hands batches over, and deletes what was not reported; nothing when it failed. */
async function pollFor(fn: LocalFunction): Promise<number> {
  let failed = 0;
  while (queue.queue.size > 0) {
    const batch = queue.queue.receive(10);
    if (batch.length === 0) {
      await sleep(20);
      continue;
    }
    const Records = batch.map(({ id, receipt, body, receives }) => ({
      messageId: id,
      receiptHandle: receipt,
      body,
      attributes: { ApproximateReceiveCount: String(receives) },
    }));
    const outcome = await fn.invoke({ Records });
    if (outcome.kind === 'response') {
      const { batchItemFailures } = outcome.value as SqsBatchResponse;
      const left = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const { id, receipt } of batch) if (!left.has(id)) queue.queue.delete(receipt);
    } else failed += 1;
  }
  return failed;
}

test('a thousand jobs by functions that crash in their batches: each effect once, poison apart with its reason', async () => {
  const job = (type: string, number: number) => JSON.stringify({ id: `${type}-${number}`, type, data: { number } });
  queue.send(Array.from({ length: COUNTING }, (_, number) => job('count', number)));
  queue.send(Array.from({ length: EXPLODING }, (_, number) => job('explode', number)));
  const crashes = (await Promise.all(functions.map(pollFor))).reduce((sum, failed) => sum + failed, 0);

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
