/** Between two looks at the outbox: an event waits half of it on average, and a look is one statement on a small index. */
export const PAUSE_MILLIS = 100;
