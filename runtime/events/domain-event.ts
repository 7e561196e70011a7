import { randomUUID } from 'node:crypto';
import { integer, listOf, matches, moment, oneOf, problemsOf, text, uuid } from '../messages';
import { EVENTS, type EventData, type EventType } from './catalogue';

interface EventOf<T extends EventType> {
  /** UUID, the same in every delivery: whoever must not act twice remembers it. */
  readonly id: string;
  readonly type: T;
  /** Version of the type's schema; the version of what changed is in `data`. */
  readonly version: number;
  /** When it happened, ISO 8601 in UTC. */
  readonly occurredAt: string;
  /** What it happened to, such as `item-5`; events of one subject are published in their order. */
  readonly subject: string;
  readonly data: EventData<T>;
  /** Cache tags of everything that shows what is no longer so. */
  readonly tags: readonly string[];
  /** Trace of the request that caused it, as AWS's header has it; absent when that was not traced. */
  readonly trace?: string;
}

/** Something that happened in the application and stays true. With no type named it is any of them, told by `type`. */
export type DomainEvent<T extends EventType = EventType> = { [K in T]: EventOf<K> }[T];

/** What was received, or is about to be sent, is no event of the catalogue; lists every problem. */
export class InvalidEventError extends Error {
  public override readonly name = 'InvalidEventError';

  public constructor(problems: readonly string[]) {
    super(`not an event of the catalogue:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** What the caller says about a new event. */
export type NewEvent<T extends EventType> = Pick<EventOf<T>, 'type' | 'subject' | 'data'> &
  Partial<Pick<EventOf<T>, 'id' | 'tags'>>;

/**
 * An event that happens now.
 *
 * @throws InvalidEventError when `data` breaks the schema of its type
 */
export function newEvent<T extends EventType>({ id, type, subject, data, tags }: NewEvent<T>): DomainEvent<T> {
  const event = {
    id: id ?? randomUUID(),
    type,
    version: EVENTS[type].version,
    occurredAt: new Date().toISOString(),
    subject,
    data,
    tags: tags ?? [],
  };
  return parseEvent(event) as DomainEvent<T>;
}

const types = Object.keys(EVENTS) as EventType[];

const ENVELOPE = {
  id: uuid,
  type: oneOf(...types),
  version: integer(1),
  occurredAt: moment,
  subject: text(200),
  tags: listOf(text(200), 1000),
};

/**
 * The event in `value`, as it was stored or received.
 *
 * @throws InvalidEventError with every problem
 */
export function parseEvent(value: unknown): DomainEvent {
  const problems = eventProblems(value);
  if (problems.length > 0) throw new InvalidEventError(problems);
  return value as DomainEvent;
}

function eventProblems(value: unknown): string[] {
  if (!matches(ENVELOPE, value)) return problemsOf(ENVELOPE, value, 'event');
  const { version, data } = EVENTS[value.type];
  if (value.version !== version) return [`\`event.version\` of ${value.type} must be ${version}, got ${value.version}`];
  return problemsOf(data, 'data' in value ? value.data : undefined, 'event.data');
}
