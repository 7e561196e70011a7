/** What can go wrong that the platform must come back from. */
export type FailureId =
  | 'zone-lost'
  | 'writer-lost'
  | 'reader-lost'
  | 'cache-lost'
  | 'region-lost'
  | 'bad-deployment'
  | 'table-deleted'
  | 'account-taken-over'
  | 'edge-misconfigured'
  | 'dependency-down'
  | 'quota-reached';

export interface FailureScenario {
  readonly id: FailureId;
  readonly what: string;

  /** Ids of alarms (lib/constructs/observability) that tell of it. */
  readonly alarms: readonly string[];

  /** What people do, in order; empty when the platform does it alone. */
  readonly procedure: readonly string[];

  /** How long until it serves again. */
  readonly recoveryTime: string;

  /** What is lost. */
  readonly recoveryPoint: string;

  /** The command or the AWS experiment that rehearses it. */
  readonly rehearsed: string;
}

/**
 * Every failure that there is a plan for. Times are what AWS documents for its part, or what a drill has measured on
 * the rig; where neither is known, the row says so.
 */
export const FAILURE_SCENARIOS: readonly FailureScenario[] = [
  {
    id: 'zone-lost',
    what: 'an availability zone is gone',
    alarms: ['load-balancer-unhealthy-tasks', 'service-below-minimum', 'load-balancer-connection-errors'],
    procedure: [
      'Wait: load balancer, ECS and Aurora leave the zone by themselves',
      'Shift what stays slow: `aws arc-zonal-shift start-zonal-shift` on the load balancer',
    ],
    recoveryTime: 'minutes: 30 s until targets are out, then new tasks start elsewhere',
    recoveryPoint: 'nothing',
    rehearsed: 'FIS experiment `zone-lost`',
  },
  {
    id: 'writer-lost',
    what: 'the database writer dies',
    alarms: ['pool-writer-utilization', 'pool-borrow-latency', 'load-balancer-errors'],
    procedure: [],
    recoveryTime: 'within 60 s by AWS’s word, often half of it: a reader is promoted, the pool keeps its clients',
    recoveryPoint: 'nothing: readers share the writer’s storage',
    rehearsed: 'FIS experiment `writer-lost`, `npm run drill -- writer-lost`',
  },
  {
    id: 'reader-lost',
    what: 'a database reader dies or falls behind',
    alarms: ['database-reader-restarts', 'pool-reader-utilization'],
    procedure: [],
    recoveryTime: 'at once: reads go to another reader or to the writer',
    recoveryPoint: 'nothing',
    rehearsed: '`npm test -- test/runtime/database/failures.test.ts`',
  },
  {
    id: 'cache-lost',
    what: 'the cache is gone or empty',
    alarms: ['cache-unavailable', 'database-writer-cpu', 'database-reader-cpu'],
    procedure: ['Wait: it fails over, or is made anew; loads are bounded while it is cold'],
    recoveryTime: 'seconds to minutes with a replica; it is warm again when its keys have been asked for',
    recoveryPoint: 'sessions and what write-behind had not yet written',
    rehearsed: '`npm test -- test/runtime/cache`',
  },
  {
    id: 'region-lost',
    what: 'the primary region is gone, or not worth waiting for',
    alarms: ['edge-errors', 'edge-origin-latency'],
    procedure: [
      'Decide: whoever is on call and one more person, after 15 minutes at most',
      'Follow docs/runbooks/failover.md, which the failover program also runs',
      'Deploy the environment in the recovery region (`primary` set to it) when it does not run there',
    ],
    recoveryTime: 'the objective; the deployment of an application that does not run there takes most of it',
    recoveryPoint: 'about a second where a database follows; else everything since the last copy',
    rehearsed: '`npm run drill -- region-lost`',
  },
  {
    id: 'bad-deployment',
    what: 'a release answers with errors or slowly',
    alarms: ['service-deployment-failed', 'load-balancer-errors', 'load-balancer-latency'],
    procedure: [
      'Wait: ECS goes back by itself when requests fail or are slow while the version takes over, or its tasks stay unhealthy',
      'Else (wrong, but quick and without errors) `git revert`, deploy; a migration is put right by the next one, never taken back',
    ],
    recoveryTime: 'one canary step and its bake time',
    recoveryPoint: 'nothing',
    rehearsed: '`git diff test/snapshots` before it happens',
  },
  {
    id: 'table-deleted',
    what: 'data is deleted or made wrong by a program or a person',
    alarms: ['database-slow-queries', 'load-balancer-errors'],
    procedure: [
      'Freeze writes (docs/runbooks/failover.md, step one)',
      'Restore the continuous recovery point to the second before into a new cluster',
      'Compare it: lambda/restore-validation with the newest manifest',
      'Copy the lost rows back, or point the pool to the new cluster; thaw',
    ],
    recoveryTime: 'the restore, tens of minutes, and the people',
    recoveryPoint: 'what was written after the mistake and belongs to the same rows',
    rehearsed: '`npm run drill -- table-deleted`',
  },
  {
    id: 'account-taken-over',
    what: 'ransomware, or credentials in wrong hands',
    alarms: ['pool-failed-logins', 'backup-missing', 'copy-missing', 'restore-test-failed'],
    procedure: [
      'Revoke sessions of the role, rotate the keys of the service, close the account’s users',
      'Find the newest recovery point from before: manifests say what it must hold',
      'Restore from the locked vault of the recovery region into a clean account; validate; move the edge',
    ],
    recoveryTime: 'hours',
    recoveryPoint: 'the newest clean copy: a day in production, a week in staging',
    rehearsed: 'the weekly restore test of the copies',
  },
  {
    id: 'edge-misconfigured',
    what: 'the CDN, its functions or the web ACL turn users away',
    alarms: ['edge-errors', 'waf-blocked-surge', 'edge-hit-rate'],
    procedure: [
      'Set `routing` in the key-value store to what it was: it works within seconds and needs no deployment',
      'Set a web ACL rule to `count`; deploy the last good release of the edge',
    ],
    recoveryTime: 'seconds by the store, minutes by a deployment',
    recoveryPoint: 'nothing',
    rehearsed: '`npm test -- test/lambda/edge`',
  },
  {
    id: 'dependency-down',
    what: 'a service that the platform calls does not answer',
    alarms: ['load-balancer-latency', 'service-shedding-load'],
    procedure: ['Wait: deadlines, circuit breakers and bounded queues keep the rest going', 'Switch the feature off'],
    recoveryTime: 'that of the dependency',
    recoveryPoint: 'nothing: events wait in the outbox, jobs in their queues',
    rehearsed: '`npm test -- test/runtime/database/failures.test.ts test/runtime/jobs`',
  },
  {
    id: 'quota-reached',
    what: 'a limit of AWS stops scaling',
    alarms: ['service-at-maximum', 'database-connections'],
    procedure: ['Raise the quota (`aws service-quotas request-service-quota-increase`)', 'Shed load until then'],
    recoveryTime: 'minutes to days, as AWS answers',
    recoveryPoint: 'nothing',
    rehearsed: '`npm run rehearse` at the growth of the objectives',
  },
];
