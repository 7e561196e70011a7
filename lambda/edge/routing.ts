import cf from 'cloudfront';

/** What operators change without a deployment: the value of the key `routing`, at most 1 KB of JSON. */
export interface Routing {
  /** Answers 503 to everybody, except to the addresses in `maintenanceExempt`. */
  maintenance?: boolean;
  maintenanceExempt?: string[];
  /** Answers 503 to writes while the data moves to another region; reads go on. */
  readOnly?: boolean;
  /** The region that serves, when it is not the home region. */
  region?: string;
  /** Regions by country code, for reads only: writes belong to the region that owns the data. */
  regionByCountry?: Record<string, string | undefined>;
  /** Share of viewers, in percent, who get the next release; `region` sends them to another region. */
  canary?: { percent: number; region?: string };
  /** Share of viewers, in percent, who see variant `b`. */
  experiment?: { name: string; percent: number };
  /** Whether keys `redirect:<path>` are looked up. */
  redirects?: boolean;
}

/** The current routing. A store that cannot be read must not take the site down: then everything goes home. */
export async function readRouting(): Promise<Routing> {
  try {
    const value = await cf.kvs().get('routing', { format: 'json' });
    return typeof value === 'object' && value !== null ? (value as Routing) : {};
  } catch (_absent) {
    return {};
  }
}

/** The value of a key, or nothing when the store does not have it. */
export async function readText(key: string): Promise<string | undefined> {
  try {
    return await cf.kvs().get(key, { format: 'string' });
  } catch (_absent) {
    return undefined;
  }
}

/** Sends the request to another origin of the distribution. */
export function selectOrigin(originId: string): void {
  cf.selectRequestOriginById(originId);
}
