/** One delivery of a message. The same message may be delivered more than once. */
export interface Message {
  /** Same for every delivery of the message. */
  readonly id: string;
  readonly body: string;
  /** Names this delivery towards the queue. */
  readonly receipt: string;
  /** Deliveries so far, this one included. */
  readonly receives: number;
  /** Messages of one group are handled in their order; without a group in any. */
  readonly group?: string;
  /** Trace of whoever sent it, as AWS's header has it. */
  readonly trace?: string;
}

/** What a worker does with a queue. */
export interface MessageSource {
  /** Up to `max` messages; waits a while for the first, and resolves with none when it does not come. */
  receive(max: number): Promise<readonly Message[]>;
  /** Says that the message is dealt with. */
  delete(message: Message): Promise<void>;
  /** Keeps the message from everybody for that long, from now on; with 0 anybody may take it at once. */
  hide(message: Message, seconds: number): Promise<void>;
  /** Puts a copy of the message with the reason among the dead letters. */
  bury(message: Message, reason: string): Promise<void>;
}

/** The messages of one delivery by group, each group in its order; a message without one stands alone. */
export function lanesOf(messages: readonly Message[]): readonly (readonly Message[])[] {
  const lanes = new Map<string, Message[]>();
  for (const message of messages) {
    const name = message.group ?? message.id;
    lanes.set(name, [...(lanes.get(name) ?? []), message]);
  }
  return [...lanes.values()];
}
