/** How requests under one path are treated; decided at synth from the behaviours of the distribution. */
export interface PathSettings {
  /** One path, or everything below it when it ends with a slash. The first row that matches holds, as for behaviours. */
  path: string;
  /** Query parameters that are kept, or `'all'` on paths that are never cached. */
  query: string[] | 'all';
  /** Whether the path goes to the application, so that maintenance, region, canary and experiments apply. */
  routed: boolean;
  /** Whether the path belongs to the origin of its behaviour, whatever region is chosen for the others. */
  pinned: boolean;
  /** Whether answers are for everybody: then reads lose the caller's credentials, and answers what is the caller's. */
  shared: boolean;
  /** Whether a valid signed token is asked for before the request goes on. */
  tokenRequired: boolean;
}

/** What a function knows without reading the key-value store. */
export interface EdgeSettings {
  paths: PathSettings[];
  /** Application origins by region, such as `{ 'us-east-1': 'app-us-east-1' }`. */
  origins: Record<string, string | undefined>;
  /** The region that serves when the key-value store names none. */
  home: string;
  /** Name of the cookie that carries the signed token; empty when no path asks for one. */
  tokenCookie: string;
  /** Host names that search engines may list; empty allows every host. */
  canonicalHosts: string[];
  /** Policy for HTML documents. */
  contentSecurityPolicy: string;
}

/** Replaced by a JSON literal when the platform is synthesized, so that one bundle serves every environment. */
declare const __EDGE_SETTINGS__: EdgeSettings;

export const settings: EdgeSettings = __EDGE_SETTINGS__;

/** The first row that `uri` belongs to. */
export function settingsOf(uri: string): PathSettings | undefined {
  return settings.paths.find((row) => (row.path.endsWith('/') ? uri.startsWith(row.path) : uri === row.path));
}
