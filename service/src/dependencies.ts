import type { LoadShedder } from '../../runtime/admission';
import type { Cache } from '../../runtime/cache';
import type { Database } from '../../runtime/database';
import type { LiveServer } from '../../runtime/live';
import type { Sessions } from '../../runtime/session';
import type { Metrics } from '../../runtime/telemetry/metrics';
import type { Subscriptions } from '../../runtime/webhooks';
import type { KeyClass } from './cache-policies';
import type { ThriftyLimits } from './thrifty-limits';
import type { VisitorSession } from './visitor-session';

/** What the routes are given; one of each per process. */
export interface Dependencies {
  readonly database: Database;
  readonly cache: Cache<KeyClass>;
  readonly sessions: Sessions<VisitorSession>;
  readonly limits: ThriftyLimits;
  readonly shedder: LoadShedder;
  readonly live: LiveServer;
  readonly metrics: Metrics;
  /** Absent where the process has no key for the secrets of webhooks. */
  readonly subscriptions: Subscriptions | undefined;
}
