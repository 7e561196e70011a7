import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Recommendation } from '../../analysis/capacity';
import type { ObjectStore } from '../shared/object-store';

/** The advice of a day as it is kept: what it says, and which of its events the bus has taken. */
export interface KeptAdvice {
  readonly date: string;
  readonly recommendations: readonly Recommendation[];
  readonly published: readonly string[];
}

export interface Publishing {
  readonly events: Pick<EventBridgeClient, 'send'>;
  readonly bus: string;
  readonly environment: string;
  readonly store: ObjectStore;
  /** Where the advice of the day is kept. */
  readonly key: string;
}

/** The bus refused events after all tries. They are still kept, and the next try of the run sends them. */
class EventsRefusedError extends Error {
  public override readonly name = 'EventsRefusedError';

  public constructor(ids: readonly string[], codes: readonly string[]) {
    super(`the bus refused ${ids.join(', ')} (${codes.join(', ')})`);
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MOST_ENTRIES = 10;

/**
 * Sends each recommendation that was not sent yet, and keeps which ones were: a run that is repeated sends the others
 * only. Should it die between the two, an event comes twice, with the same `id`.
 *
 * @throws EventsRefusedError when the bus took some and not others
 */
export async function publishRecommendations(
  kept: KeptAdvice,
  { events, bus, environment, store, key }: Publishing,
): Promise<void> {
  const waiting = kept.recommendations.filter(({ id }) => !kept.published.includes(id));
  const published = [...kept.published];
  const refused = new Map<string, string>();
  for (let from = 0; from < waiting.length; from += MOST_ENTRIES) {
    const batch = waiting.slice(from, from + MOST_ENTRIES);
    const { Entries = [] } = await events.send(
      new PutEventsCommand({ Entries: batch.map((one) => entryOf(one, kept.date, environment, bus)) }),
    );
    for (const [index, { id }] of batch.entries()) {
      const code = Entries[index]?.ErrorCode;
      if (code === undefined) published.push(id);
      else refused.set(id, code);
    }
    await store.put(key, JSON.stringify({ ...kept, published }, undefined, 2));
  }
  if (refused.size > 0) throw new EventsRefusedError([...refused.keys()], [...new Set(refused.values())]);
}

function entryOf(
  recommendation: Recommendation,
  date: string,
  environment: string,
  bus: string,
): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: 'headroom.capacity-advisor',
    DetailType: 'CapacityRecommendation',
    // The same from try to try, another one every day.
    Detail: JSON.stringify({ ...recommendation, id: `${date}/${environment}/${recommendation.id}`, environment, date }),
  };
}
