/** What a function asks Lambda about the call that it answers. */
export interface Invocation {
  /** Milliseconds until Lambda ends it. */
  getRemainingTimeInMillis(): number;
}
