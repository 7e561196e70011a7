import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';

export interface TracingOptions {
  readonly serviceName: string;
  /**
   * Share of the traces that are recorded, 0 to 1. What a caller already records is always recorded; a load balancer
   * gives a trace its id but decides nothing, so its traces are sampled here.
   * @default 0.05
   */
  readonly sampleRatio?: number;
  /**
   * Where spans go.
   * @default - OTLP over HTTP to the collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names, such as a CloudWatch agent beside the container
   */
  readonly exporter?: SpanExporter;
}

export interface Tracing {
  /** Sends what waits and stops recording. */
  close(): Promise<void>;
}

const TRACER = 'headroom';

/**
 * Starts recording spans in this process. Spans are made by hand, with {@link inSpan}: instrumenting every library
 * costs 150 ms of start-up and half a megabyte of code.
 */
export function startTracing(options: TracingOptions): Tracing {
  const ratio = new TraceIdRatioBasedSampler(options.sampleRatio ?? 0.05);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': options.serviceName }),
    sampler: new ParentBasedSampler({ root: ratio, remoteParentNotSampled: ratio }),
    spanProcessors: [new BatchSpanProcessor(options.exporter ?? new OTLPTraceExporter())],
  });
  provider.register();
  return {
    close: async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
    },
  };
}

/**
 * Runs `work` in a span that ends with it; an error is recorded and passed on. Costs next to nothing when no tracing
 * was started or the trace is not sampled.
 */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  parent: Context = context.active(),
): Promise<T> {
  return trace.getTracer(TRACER).startActiveSpan(name, { attributes }, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      if (error instanceof Error) span.recordException({ name: error.name, message: error.message });
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Root=1-<8 hex: time>-<24 hex: random>;Parent=<16 hex>;Sampled=0|1 */
const XRAY_ROOT = /(?:^|;)Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/;
const XRAY_PARENT = /(?:^|;)Parent=([0-9a-f]{16})(?:;|$)/;

/**
 * The trace that a load balancer began, from its `X-Amzn-Trace-Id` header, so that its access log and our spans carry
 * the same id. A header without a parent (a load balancer makes no spans) names the trace by its root alone.
 */
export function traceOf(header: string | undefined): Context {
  const root = XRAY_ROOT.exec(header ?? '');
  if (root === null || header === undefined) return ROOT_CONTEXT;
  const parent = XRAY_PARENT.exec(header)?.[1] ?? root[2]?.slice(0, 16) ?? '';
  const traceFlags = header.includes('Sampled=1') ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: `${root[1]}${root[2]}`,
    spanId: parent,
    traceFlags,
    isRemote: true,
  });
}
