import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-node';
import { inSpan, startTracing, traceOf } from '../../../runtime/telemetry';

async function recorded(sampleRatio: number, work: () => Promise<unknown>) {
  const exporter = new InMemorySpanExporter();
  // Spans are read after they are flushed and before the exporter is shut down, which empties it.
  const spans: ReturnType<InMemorySpanExporter['getFinishedSpans']> = [];
  const keep = exporter.export.bind(exporter);
  exporter.export = (batch, done) => {
    spans.push(...batch);
    keep(batch, done);
  };
  const tracing = startTracing({ serviceName: 'test', sampleRatio, exporter });
  try {
    await work();
  } finally {
    await tracing.close();
  }
  return spans;
}

test('spans nest, carry attributes, and end with the work', async () => {
  const spans = await recorded(1, () =>
    inSpan('outer', { route: '/items' }, () => inSpan('inner', {}, async () => 'done')),
  );
  const [inner, outer] = spans;
  expect([inner?.name, outer?.name]).toEqual(['inner', 'outer']);
  expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  expect(outer?.attributes).toEqual({ route: '/items' });
  expect(outer?.resource.attributes['service.name']).toBe('test');
});

test('an error is recorded and passed on', async () => {
  const spans = await recorded(1, async () => {
    await expect(inSpan('broken', {}, () => Promise.reject(new Error('no database')))).rejects.toThrow('no database');
  });
  expect(spans[0]?.status.code).toBe(2);
  expect(spans[0]?.events[0]?.attributes?.['exception.message']).toBe('no database');
});

test('nothing is recorded when nothing is sampled, or nothing was started', async () => {
  expect(await recorded(0, () => inSpan('quiet', {}, async () => 1))).toEqual([]);
  expect(await inSpan('none', {}, async (span) => span.isRecording())).toBe(false);
});

describe("a load balancer's trace id", () => {
  const header = 'Root=1-67891233-abcdef012345678912345678';

  test('is the id of our spans, and what is sampled elsewhere is recorded here', async () => {
    const parent = `${header};Parent=463ac35c9f6413ad;Sampled=1`;
    const spans = await recorded(0, () => inSpan('request', {}, async () => 1, traceOf(parent)));
    expect(spans[0]?.spanContext().traceId).toBe('67891233abcdef012345678912345678');
    expect(spans[0]?.parentSpanContext?.spanId).toBe('463ac35c9f6413ad');
  });

  test('without a decision is sampled by our own ratio', async () => {
    expect(await recorded(1, () => inSpan('request', {}, async () => 1, traceOf(header)))).toHaveLength(1);
    expect(await recorded(0, () => inSpan('request', {}, async () => 1, traceOf(header)))).toHaveLength(0);
  });

  test.each([undefined, '', 'Self=1-67891233-12456789abcdef012345678', 'Root=1-xyz', 'x'.repeat(10_000)])(
    'that is none (%.20s) begins a trace',
    (text) => {
      expect(trace.getSpanContext(traceOf(text))).toBeUndefined();
    },
  );
});
