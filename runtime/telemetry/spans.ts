import {
  type Attributes,
  type Context,
  context,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const TRACER = 'headroom';

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
      markFailed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/**
 * A span below the one that is being recorded now, to be ended by the caller; `undefined` when none is: code that many
 * requests pass through must cost nothing for those that are not traced.
 */
export function childSpan(name: string, options: SpanOptions): Span | undefined {
  return trace.getActiveSpan()?.isRecording() ? trace.getTracer(TRACER).startSpan(name, options) : undefined;
}

/** Ends a span, with what went wrong if anything did. */
export function endSpan(span: Span, error?: unknown): void {
  if (error !== undefined) markFailed(span, error);
  span.end();
}

function markFailed(span: Span, error: unknown): void {
  if (error instanceof Error) span.recordException({ name: error.name, message: error.message });
  span.setStatus({ code: SpanStatusCode.ERROR });
}
