import { type Context, context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';

/** Root=1-<8 hex: time>-<24 hex: random>;Parent=<16 hex>;Sampled=0|1 */
const XRAY_ROOT = /(?:^|;)Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/;
const XRAY_PARENT = /(?:^|;)Parent=([0-9a-f]{16})(?:;|$)/;

/**
 * The trace in AWS's own header (`X-Amzn-Trace-Id` of a load balancer, `AWSTraceHeader` of SQS, `TraceHeader` of
 * EventBridge), so that their logs and our spans carry the same id. A header without a parent (a load balancer makes no
 * spans) names the trace by its root alone.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceOf(header: string | undefined): Context {
  const root = XRAY_ROOT.exec(header ?? '');
  if (root === null || header === undefined) return ROOT_CONTEXT;
  const spanId = XRAY_PARENT.exec(header)?.[1] ?? root[2]?.slice(0, 16) ?? '';
  const traceFlags = header.includes('Sampled=1') ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return remote({ traceId: `${root[1]}${root[2]}`, spanId, traceFlags });
}

/** 00-<32 hex: trace>-<16 hex: span>-<2 hex: flags>; https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The trace in a `traceparent` header. */
export function traceOfParent(header: string | undefined): Context {
  const [, traceId, spanId, flags = '0'] = TRACEPARENT.exec(header ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  return remote({ traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED });
}

/** AWS's header for what is handed on now; `undefined` when nothing is recorded. */
export function traceHeader(from: Context = context.active()): string | undefined {
  const span = trace.getSpan(from);
  if (span === undefined || !span.isRecording()) return undefined;
  const { traceId, spanId } = span.spanContext();
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=1`;
}

function remote(span: SpanContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { ...span, isRemote: true });
}
