/** The flags of `npm run review`. */
export interface ReviewOptions {
  readonly base: string;
  readonly environment?: string;
  readonly assembly?: string;
  readonly region?: string;
  readonly rehearsal: boolean;
  readonly scenario: readonly string[];
  readonly capacity?: number;
  readonly seeds: number;
  readonly workers: number;
  readonly json: boolean;
  readonly markdown?: string;
  readonly html?: string;
}
