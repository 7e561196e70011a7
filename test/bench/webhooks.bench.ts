import { setTimeout as sleep } from 'node:timers/promises';
import { createSender, Dispatcher, startWebhookWorker } from '../../runtime/webhooks';
import { type Behaviour, loopbackDestinations, startReceiver } from '../runtime/webhooks/receiver';
import { openWebhookRig, type WebhookRig } from '../runtime/webhooks/webhook-rig';
import { type Benchmark, type BenchRow, median } from './bench';

const ROUNDS = 5;
const SUBSCRIBERS = 20;
const EVENTS = 150;
const PAUSE_MILLIS = 20;
/** Subscribers of one destination that takes requests and never answers. */
const STALLED = 10;
const TIMEOUT_MILLIS = 1_000;

/** What a destination that hangs costs the others. */
export const webhooksBenchmark: Benchmark = {
  name: 'webhooks',
  description: 'latency of webhooks from commit to receiver, with and without a destination that never answers',
  run: async (progress) => {
    const rig = await openWebhookRig();
    try {
      await oneRound(rig, 0);
      const rounds: { alone: number; stalled: number }[] = [];
      for (let round = 1; round <= ROUNDS; round++) {
        const measured = { alone: await oneRound(rig, 0), stalled: await oneRound(rig, STALLED) };
        rounds.push(measured);
        progress(`round ${round}: p95 ${measured.stalled.toFixed(1)} ms against ${measured.alone.toFixed(1)} ms`);
      }
      return [row(rounds)];
    } finally {
      await rig.stop();
    }
  },
};

function row(rounds: readonly { alone: number; stalled: number }[]): BenchRow {
  return {
    name: `p95 from commit to receiver, beside a stalled destination with ${STALLED} subscribers`,
    figure: median(rounds.map(({ stalled }) => stalled)),
    reference: { name: 'without it', figure: median(rounds.map(({ alone }) => alone)) },
    unit: 'ms',
    goal: { atMost: 1.2 },
    runs: ROUNDS,
  };
}

/** The 95th percentile of the latencies of the subscribers that answer, in milliseconds. */
async function oneRound(rig: WebhookRig, stalledSubscribers: number): Promise<number> {
  await rig.clear();
  const committedAt: number[] = [];
  const latencies: number[] = [];
  const behave: Behaviour = ({ headers, body }, response) => {
    if (headers.host?.startsWith('stalled')) return;
    latencies.push(performance.now() - (committedAt[JSON.parse(body).data.itemVersion] ?? Number.NaN));
    response.writeHead(204).end();
  };
  const receiver = await startReceiver(behave);
  const subscribe = (host: string) => rig.subscribe(`http://${host}:${receiver.port}/hook`);
  for (let number = 0; number < SUBSCRIBERS; number++) await subscribe(`subscriber-${number}.example`);
  for (let number = 0; number < stalledSubscribers; number++) await subscribe('stalled.example');

  const sender = createSender({ policy: loopbackDestinations, timeoutMillis: TIMEOUT_MILLIS });
  const { queue, secrets } = rig;
  const onError = (error: unknown): void => console.error(error);
  const dispatcher = new Dispatcher({ queue, secrets, sender, onError });
  const worker = startWebhookWorker({ queue, dispatcher, onError, pollMillis: 20 });
  for (let version = 1; version <= EVENTS; version++) {
    await rig.emit(1, version);
    committedAt[version] = performance.now();
    await sleep(PAUSE_MILLIS);
  }
  while (latencies.length < SUBSCRIBERS * EVENTS) await sleep(PAUSE_MILLIS);
  await worker.stop();
  sender.close();
  await receiver.stop();
  latencies.sort((a, b) => a - b);
  return latencies[Math.ceil(0.95 * latencies.length) - 1] ?? Number.NaN;
}
