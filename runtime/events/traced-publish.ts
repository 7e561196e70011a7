import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { traceHeader, traceOf } from '../telemetry/trace-header';
import type { DomainEvent } from './domain-event';
import type { Publish } from './event-bridge';

/** Publishes with a span in the trace of each event's cause, which is where whoever reads the event goes on. */
export function tracedPublish(publish: Publish): Publish {
  return async (events) => {
    const leaving = events.map(depart);
    try {
      return await publish(leaving.map(({ event }) => event));
    } finally {
      for (const { span } of leaving) span?.end();
    }
  };
}

function depart(event: DomainEvent) {
  if (event.trace === undefined) return { event, span: undefined };
  const attributes = { 'messaging.system': 'aws_eventbridge', 'messaging.message.id': event.id };
  const options = { kind: SpanKind.PRODUCER, attributes };
  const span = trace.getTracer('headroom').startSpan(`publish ${event.type}`, options, traceOf(event.trace));
  // Not recorded here: whoever reads it goes on where the cause left off.
  const header = traceHeader(trace.setSpan(ROOT_CONTEXT, span)) ?? event.trace;
  return { event: { ...event, trace: header }, span };
}
