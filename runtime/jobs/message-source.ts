/** One delivery of a message. The same message may be delivered more than once. */
export interface Message {
  /** Same for every delivery of the message. */
  readonly id: string;
  readonly body: string;
  /** Names this delivery towards the queue. */
  readonly receipt: string;
}

/** The three things that a worker does with a queue. */
export interface MessageSource {
  /** Up to `max` messages; waits a while for the first, and resolves with none when it does not come. */
  receive(max: number): Promise<readonly Message[]>;
  /** Says that the message is dealt with. */
  delete(message: Message): Promise<void>;
  /** Gives the message back, for somebody else to take at once. */
  release(message: Message): Promise<void>;
}
