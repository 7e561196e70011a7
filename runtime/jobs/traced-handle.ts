import { inSpan } from '../telemetry/spans';
import { traceOf } from '../telemetry/trace-header';
import type { Message } from './message-source';

type Handle = (message: Message, signal: AbortSignal) => Promise<void>;

/** Goes on with the trace of whoever sent the message; a message without one is handled as it is. */
export function tracedHandle(handle: Handle): Handle {
  return (message, signal) => {
    const { id, receives, trace } = message;
    if (trace === undefined) return handle(message, signal);
    const attributes = { 'messaging.system': 'aws_sqs', 'messaging.message.id': id, 'headroom.receives': receives };
    return inSpan('process message', attributes, () => handle(message, signal), traceOf(trace));
  };
}
