import { randomUUID } from 'node:crypto';
import type { EventBridgeServer, TakenEvent } from './event-bridge-server';
import type { SqsQueue } from './sqs-queue';

/** What a rule looks for, as a template has it: each field must have one of the values. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
}

export interface EventRule {
  /** Name of the bus whose events it looks at. */
  readonly bus: string;
  readonly pattern: EventPattern;
  readonly target: SqsQueue;
}

/** Puts every event of the bus that matches into a queue, in EventBridge's envelope. */
export function addRule(server: EventBridgeServer, { bus, pattern, target }: EventRule): void {
  const before = server.onEvent;
  server.onEvent = (event) => {
    before(event);
    const matches = pattern.source.includes(event.source) && pattern['detail-type'].includes(event.detailType);
    if (event.bus === bus && matches) target.add({ body: JSON.stringify(envelope(event)) });
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
const envelope = ({ source, detailType, detail }: TakenEvent) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': detailType,
  source,
  account: '111111111111',
  time: new Date().toISOString(),
  region: 'us-east-1',
  resources: [],
  detail,
});
