/** Which headers, cookies or query parameters a policy takes. */
export type ForwardedParts =
  | { readonly kind: 'all' }
  | { readonly kind: 'only' | 'except'; readonly names: readonly string[] };

/** What an origin gets besides the cache key. */
export interface OriginRequestSettings {
  /** Lower-case names. */
  readonly headers: ForwardedParts;
  readonly cookies: ForwardedParts;
  readonly queryStrings: ForwardedParts;
}

/** The cache key of a behaviour and how long it keeps answers, in seconds. */
export interface CachePolicySettings extends OriginRequestSettings {
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
  /** Encodings that have cache keys of their own: `br`, `gzip`. */
  readonly compressed: readonly string[];
}
