import { randomUUID } from 'node:crypto';
import { AwsError, type AwsServer, jsonService, startAwsServer } from './aws-server';

/** An event as the bus took it. */
export interface TakenEvent {
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** What targets are handed as the trace to go on with. */
  readonly traceHeader: string | undefined;
}

/** An EventBridge bus that speaks the real wire protocol on loopback. */
export interface EventBridgeServer extends AwsServer {
  /** Every event that was taken, oldest first, repeated ones included. */
  readonly events: readonly TakenEvent[];
  /** Refuses the next `count` entries one by one, as a throttled bus does inside an answer of 200. */
  refuse(count: number): void;
  /** What happens between taking the entries of a call and answering it; nothing unless a test sets it. */
  beforeAnswer: () => Promise<void>;
  /** What becomes of an event that was taken; nothing unless there is a rule (event-rule.ts). */
  onEvent: (event: TakenEvent) => void;
}

interface PutEventsEntry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly TraceHeader?: string;
}

/** As documented: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;

export async function startEventBridgeServer(): Promise<EventBridgeServer> {
  const events: TakenEvent[] = [];
  let refusing = 0;
  const put = (entry: PutEventsEntry): Readonly<Record<string, string>> => {
    const {
      EventBusName: bus = 'default',
      Source: source,
      DetailType: detailType,
      Detail,
      TraceHeader: traceHeader,
    } = entry;
    if (refusing > 0) {
      refusing -= 1;
      return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
    }
    if (source === undefined || detailType === undefined || Detail === undefined) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Source, DetailType and Detail are required' };
    }
    const event = { bus, source, detailType, detail: JSON.parse(Detail), traceHeader };
    events.push(event);
    server.onEvent(event);
    return { EventId: randomUUID() };
  };
  const aws = await startAwsServer(
    jsonService({
      PutEvents: async ({ Entries }) => {
        const entries = Entries as readonly PutEventsEntry[];
        if (entries.length < 1 || entries.length > MAX_ENTRIES) {
          throw new AwsError('ValidationException', `1 to ${MAX_ENTRIES} entries, got ${entries.length}`);
        }
        const results = entries.map(put);
        await server.beforeAnswer();
        return {
          Entries: results,
          FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
        };
      },
    }),
  );
  const server: EventBridgeServer = {
    ...aws,
    events,
    refuse: (count) => {
      refusing += count;
    },
    beforeAnswer: async () => {},
    onEvent: () => {},
  };
  return server;
}
