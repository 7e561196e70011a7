/** `open`: nothing is sent. `half-open`: one trial decides. */
export type CircuitState = 'closed' | 'open' | 'half-open';
