import { createHash } from 'node:crypto';
import { isSampled } from '../../service/src/trace-sampling';
import type { DataTier } from '../local';
import { awsEnvironment } from '../local/aws-server';
import { startEventBridgeServer } from '../local/event-bridge-server';
import { startSqsServer } from '../local/sqs-server';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from '../local/trace-collector';
import { eventually } from '../runtime/support/eventually';
import { endProcesses, startProcess } from '../runtime/support/process';
import { ask } from './rig/client';
import { environmentOf, startServiceData } from './rig/local-service';
import { killServices, type ServiceProcess, startService } from './rig/service-process';

const KEY = 'the key of an editor';
const TRACE_ID = '67891233abcdef012345678912345678';
const EDGE_SPAN = '463ac35c9f6413ad';
const FROM_EDGE = { traceparent: `00-${TRACE_ID}-${EDGE_SPAN}-00` };

let tier: DataTier;
let collector: TraceCollector;

beforeAll(async () => {
  tier = await startServiceData({ items: 20, events: 10, replicas: 1 });
  const hash = createHash('sha256').update(KEY).digest();
  await tier.primary.query("INSERT INTO api_clients VALUES ($1, 'editor', 'premium', true)", [hash]);
});

afterAll(() => tier.stop());

beforeEach(async () => {
  collector = await startTraceCollector();
});

afterEach(async () => {
  killServices();
  await endProcesses();
  await collector.stop();
});

const tracedService = (settings: Readonly<Record<string, string>>): Promise<ServiceProcess> =>
  startService({ ...environmentOf(tier), OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...settings });

/** The spans from `span` up to the one whose parent nobody sent, by service and name. */
function wayUp(span: CollectedSpan | undefined): string[] {
  if (span === undefined) return [];
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [`${span.service}: ${span.name}`, ...wayUp(parent)];
}

test('one request through three processes is one connected trace', async () => {
  const bus = await startEventBridgeServer();
  const sqs = await startSqsServer();
  const service = await tracedService({ TRACE_SAMPLE_PERCENT: '100' });
  const { version } = (await ask(`${service.url}/api/items/3`)).json<{ version: number }>();
  const edited = await ask(`${service.url}/api/items/3`, {
    method: 'PATCH',
    headers: { 'x-api-key': KEY, ...FROM_EDGE },
    body: { version, title: 'Traced' },
  });
  expect(edited.status).toBe(200);
  await service.stop();

  const collecting = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  await startProcess('service/traced-process.ts', ['relay', tier.primary.port], {
    ...collecting,
    ...awsEnvironment(bus),
  }).ended;
  // What a rule of EventBridge does: the target gets the trace header of the event.
  const [event] = bus.events;
  sqs.queue.add({ body: String(event?.detail['subject']).replace('item-', ''), trace: event?.traceHeader });
  await startProcess('service/traced-process.ts', ['worker', tier.primary.port, sqs.queueUrl], {
    ...collecting,
    ...awsEnvironment(sqs),
  }).ended;
  await Promise.all([bus.stop(), sqs.stop()]);

  const ours = collector.spans.filter(({ traceId }) => traceId === TRACE_ID);
  const last = ours.find(({ service: name, attributes }) => name === 'worker' && 'db.system.name' in attributes);
  expect(wayUp(last)).toEqual([
    'worker: SELECT',
    'worker: process message',
    'relay: publish ItemChanged',
    'service: PATCH /api/items/:id',
  ]);
  expect(ours.find(({ name }) => name.startsWith('PATCH'))?.parentSpanId).toBe(EDGE_SPAN);
  // The change itself and the wait for its connection are below the request as well.
  const below = ours.filter(({ service: name }) => name === 'service').map(({ name }) => name);
  expect(below).toEqual(expect.arrayContaining(['wait for a connection', 'UPDATE', 'INSERT']));
  expect(JSON.stringify(ours)).not.toContain('Traced');
});

test('outside of the sample only what failed leaves a span, and its line in the log has the same id', async () => {
  const service = await tracedService({ TRACE_SAMPLE_PERCENT: '0', DATABASE_PORT: '1', DATABASE_READERS: '' });
  expect((await ask(`${service.url}/health/live`)).status).toBe(200);
  expect((await ask(`${service.url}/api/nothing`)).status).toBe(404);
  const failed = await ask(`${service.url}/api/items/7`, { headers: FROM_EDGE });
  expect(failed.status).toBe(503);
  await eventually(() => service.log.some(({ status }) => status === 503));
  await service.stop();

  expect(collector.spans).toEqual([
    expect.objectContaining({ name: 'GET /api/items/:id', traceId: TRACE_ID, parentSpanId: EDGE_SPAN, failed: true }),
  ]);
  expect(service.log.find(({ status }) => status === 503)).toMatchObject({ traceId: TRACE_ID });
});

test('without a collector nothing is traced', async () => {
  const service = await startService({
    ...environmentOf(tier),
    TRACE_SAMPLE_PERCENT: '100',
    LOG_SAMPLE_PERCENT: '100',
  });
  await ask(`${service.url}/api/items/3`, { headers: FROM_EDGE });
  await eventually(() => service.log.some(({ path }) => path === '/api/items/3'));
  expect(service.log.find(({ path }) => path === '/api/items/3')).not.toHaveProperty('traceId');
  await service.stop();
});

test.each([
  ['a read is sampled as often as is said', { method: 'GET', url: '/api/items/1' }, 0.049, true],
  ['and no more', { method: 'GET', url: '/api/items/1' }, 0.051, false],
  ['a change four times as often', { method: 'PATCH', url: '/api/items/1' }, 0.199, true],
  ['and no more', { method: 'PATCH', url: '/api/items/1' }, 0.201, false],
  ['a health check never', { method: 'GET', url: '/health' }, 0, false],
])('%s', (_what, request, coin, expected) => {
  expect(isSampled(request, 5, () => coin)).toBe(expected);
});
