/** What a schedule sends; the same again when the function is retried. */
export interface ScheduledEvent {
  /** When it was due, ISO 8601. */
  readonly time: string;
}

/** A function was invoked with something else than a schedule's event. */
class NoScheduleError extends Error {
  public override readonly name = 'NoScheduleError';
}

/** @throws NoScheduleError when the event has no time in it */
export function scheduledTime({ time }: Partial<ScheduledEvent>): Date {
  const at = new Date(time ?? '');
  if (Number.isNaN(at.getTime())) {
    throw new NoScheduleError(`\`time\` must be an ISO 8601 time, as a schedule sends it, got ${JSON.stringify(time)}`);
  }
  return at;
}
