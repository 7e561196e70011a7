import type { Duration } from 'aws-cdk-lib';

/** Files whose names change with their content, served from the assets bucket and kept for a year. */
export interface ImmutableFiles {
  readonly kind: 'immutable-files';

  /** One path, or everything below it: `/static/*`. */
  readonly path: string;
}

/** Files that keep their names, served from the assets bucket; kept briefly and invalidated when they change. */
export interface EntryFiles {
  readonly kind: 'entry-files';

  /** One path, or everything below it: `/maintenance/*`. */
  readonly path: string;
}

/**
 * Answers of the application that are the same for everybody. The application decides whether and how long they are
 * kept (`Cache-Control: s-maxage`). It sees neither cookies nor `Authorization`, so it cannot answer personally.
 */
export interface SharedAnswers {
  readonly kind: 'shared-answers';

  /** One path, or everything below it: `/api/items/*`. */
  readonly path: string;

  /** Query parameters of the cache key, at most 10. All others are dropped before cache and application. */
  readonly queryParameters: readonly string[];

  /** Longest that an answer is kept, whatever the application says. */
  readonly maxTtl: Duration;

  /**
   * Request headers that are part of the cache key, at most 10.
   *
   * @default - none
   */
  readonly keyHeaders?: readonly string[];

  /**
   * Whether the path takes writes too. Reads of such a path have no fail-over: an origin group serves reads only.
   *
   * @default false
   */
  readonly writes?: boolean;

  /**
   * Region whose application answers.
   *
   * @default - the home region
   */
  readonly region?: string;
}

/** Answers of the application to one caller. Never cached; everything the caller sent goes on. */
export interface PersonalAnswers {
  readonly kind: 'personal-answers';

  /** One path, or everything below it: `/api/preferences/*`. `/*` is everything that no other row names. */
  readonly path: string;

  /**
   * Whether a signed token is checked before the request goes on; see `tokenCookie`.
   *
   * @default false
   */
  readonly tokenRequired?: boolean;

  /**
   * Region whose application answers.
   *
   * @default - the home region
   */
  readonly region?: string;
}

/** Answers of functions behind API Gateway. Never cached; everything the caller sent goes on. */
export interface FunctionAnswers {
  readonly kind: 'function-answers';

  /** Everything below the prefix of the API: `/partner/*`. */
  readonly path: string;

  /** Which API answers. */
  readonly api: ApiName;
}

/** The APIs that a distribution may have behind it. */
export type ApiName = 'partners' | 'visitors';

/** How requests under one path are answered. */
export type Behaviour = ImmutableFiles | EntryFiles | SharedAnswers | PersonalAnswers | FunctionAnswers;

/** The path of the row that takes what no other row names. */
export const EVERYTHING_ELSE = '/*';

/** Whether the application answers, rather than the assets bucket. */
export function isApplication(behaviour: Behaviour): behaviour is SharedAnswers | PersonalAnswers {
  return behaviour.kind === 'shared-answers' || behaviour.kind === 'personal-answers';
}

/** Whether every path of `inner` is one of `outer`. */
export function covers(outer: string, inner: string): boolean {
  if (!outer.endsWith('/*')) return outer === inner;
  return `${inner.endsWith('/*') ? inner.slice(0, -1) : inner}`.startsWith(outer.slice(0, -1));
}
