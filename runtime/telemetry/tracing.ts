import { context, trace } from '@opentelemetry/api';
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
  /** Sends what waits: a function must before it is frozen. */
  flush(): Promise<void>;
  /** Sends what waits and stops recording. */
  close(): Promise<void>;
}

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
    flush: () => provider.forceFlush(),
    close: async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
    },
  };
}
