import { setTimeout as sleep } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { jobSender } from '../../../runtime/jobs';
import type { DataTier } from '../../local';
import { awsEnvironment } from '../../local/aws-server';
import { type SqsServer, startSqsServer } from '../../local/sqs-server';
import { startServiceData } from '../../service/rig/local-service';
import { clientOf } from '../support/aws-client';
import { eventually } from '../support/eventually';
import { endProcesses, startProcess, type TestProcess } from '../support/process';
import { JOBS } from './counting-jobs';

const COUNTING = 10_000;
const EXPLODING = 30;
const WORKERS = 3;
const KILLS = 8;

let tier: DataTier;
let queue: SqsServer;

beforeAll(async () => {
  tier = await startServiceData({ replicas: 0, cache: false, items: 1, events: 0 });
  // No key and nothing unique: an effect that happened twice would show.
  await tier.primary.query('CREATE TABLE effects (job_id text NOT NULL); GRANT ALL ON effects TO app_rw');
  queue = await startSqsServer({ visibilitySeconds: 4, maxReceives: 30, duplicateEvery: 50 });
}, 120_000);

afterAll(async () => {
  await endProcesses();
  await queue.stop();
  await tier.stop();
});

const startWorker = (): TestProcess =>
  startProcess(
    'runtime/jobs/counting-worker-process.ts',
    [tier.primary.port, queue.queueUrl, queue.deadLetterUrl],
    awsEnvironment(queue),
  );

test('ten thousand jobs, some delivered or sent twice, workers killed at any moment: each effect once, poison apart', async () => {
  const client = new SQSClient(clientOf(queue));
  const send = jobSender({ definitions: JOBS, queueUrl: queue.queueUrl, client });
  const counting = Array.from({ length: COUNTING }, (_, number) => ({
    id: `count-${number}`,
    type: 'count' as const,
    data: { number },
  }));
  const exploding = Array.from({ length: EXPLODING }, (_, number) => ({
    id: `explode-${number}`,
    type: 'explode' as const,
    data: { number },
  }));
  queue.refuse(25);
  await send(exploding);
  await send(counting);
  await send(counting.filter((_, index) => index % 50 === 0));
  queue.send(['this is no job']);
  client.destroy();

  const workers = Array.from({ length: WORKERS }, startWorker);
  let kills = 0;
  // Each kill at a moment of its own choosing, when there is work that it can interrupt.
  for (; kills < KILLS; kills++) {
    const enough = Math.max(0, queue.queue.size - 300 - Math.random() * 600);
    await eventually(() => queue.queue.size <= enough, 60_000);
    await sleep(Math.random() * 50);
    const victim = Math.floor(Math.random() * WORKERS);
    await workers[victim]?.end('SIGKILL');
    workers[victim] = startWorker();
  }
  await eventually(() => queue.queue.size === 0, 120_000);
  const reports = await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
  expect(reports).toEqual(workers.map(() => 0));

  const wrong = await tier.primary.query('SELECT job_id FROM effects GROUP BY job_id HAVING count(*) <> 1');
  expect(wrong).toEqual([]);
  expect(await tier.primary.query('SELECT count(*)::int AS effects FROM effects')).toEqual([{ effects: COUNTING }]);
  const dead = queue.deadLetters.messages().map(({ body, attributes }) => [body, attributes['reason']?.StringValue]);
  const reasons = new Map(dead.map(([body = '', reason]) => [body.match(/explode-\d+/)?.[0] ?? body, reason]));
  expect([...reasons.keys()].sort()).toEqual([...exploding.map(({ id }) => id), 'this is no job'].sort());
  expect(reasons.get('explode-0')).toMatch(/^failed \d+ times, at last with Error: exploded$/);
  expect(reasons.get('this is no job')).toMatch(/^InvalidJobError: the message must be JSON/);
}, 300_000);
