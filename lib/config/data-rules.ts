import { cacheCapacityProblems } from '../constructs/cache/cache-capacity';
import { connectionBudgetProblems } from '../constructs/database/connection-budget';
import { databaseProblems } from '../constructs/database/database-settings';
import { readerScalingProblems } from '../constructs/database/reader-scaling';
import { WEBHOOK_CONNECTIONS } from '../constructs/webhooks/webhook-workers';
import { type CrossFieldRule, when } from './cross-field-rule';
import type { DatabaseConfig } from './platform-config';

/** Where a construct's prop comes from, when it is not the field of the same name in its section. */
const FIELDS: Readonly<Record<string, string>> = {
  'database.readers': 'database.minReaders',
  maxReaders: 'database.readerScaling.maxReaders',
};

/** A construct knows its props, not the section that they come from. */
function inSection(section: string, problems: readonly string[]): string[] {
  const field = (_: string, prop: string, unit = ''): string => `\`${FIELDS[prop] ?? `${section}.${prop}`}${unit}\``;
  return problems.map((problem) => problem.replaceAll(/`([a-zA-Z.]+)( \([a-z]+\))?`/g, field));
}

/** A pool keeps a connection open to every instance, and an instance with a connection does not pause. */
function pauseProblems({ capacity }: DatabaseConfig): string[] {
  return when(
    capacity.kind === 'serverless' && capacity.minAcu === 0,
    '`database.capacity.minAcu` must be at least 0.5 behind the connection pool, got 0: RDS Proxy keeps a connection ' +
      'open, so the database would never pause',
  );
}

/** The rules of the data tier: what the constructs would refuse, and what only the whole can know. */
export const DATA_RULES: readonly CrossFieldRule[] = [
  {
    reads: ['database', 'objectives'],
    problems: ({ database, objectives }) => [
      ...inSection(
        'database',
        databaseProblems(database, database.minReaders, { slowQuery: objectives.query.complexMax }),
      ),
      ...pauseProblems(database),
    ],
  },
  {
    reads: ['database'],
    problems: ({ database: { minReaders, readerScaling } }) =>
      readerScaling === 'fixed' ? [] : inSection('database', readerScalingProblems(readerScaling, minReaders)),
  },
  {
    reads: ['database', 'service', 'webhooks'],
    problems: ({ database: { capacity, pool, connectionsPerEndpoint }, service, webhooks }) =>
      connectionBudgetProblems({
        capacity,
        maxConnectionsPercent: pool.maxConnectionsPercent,
        clients: [
          { name: 'service', processes: service.maxTasks, connections: 2 * connectionsPerEndpoint },
          ...(webhooks === 'none'
            ? []
            : [{ name: 'webhooks', processes: webhooks.tasks, connections: 2 * WEBHOOK_CONNECTIONS }]),
        ],
      }),
  },
  {
    reads: ['network'],
    problems: ({ network: { natGateways, interfaceEndpoints } }) =>
      when(
        natGateways === 'none' && !interfaceEndpoints.includes('secrets-manager'),
        "`network.interfaceEndpoints` must name 'secrets-manager' without NAT gateways: the migrations read the master " +
          'password there; or set `network.natGateways`',
      ),
  },
  {
    reads: ['cache'],
    problems: ({ cache: { capacity } }) => [
      ...inSection('cache', cacheCapacityProblems(capacity)),
      ...when(
        capacity.kind === 'serverless' || capacity.clusterMode,
        '`cache.capacity` must be nodes without cluster mode: the service speaks to one endpoint ' +
          '(docs/decisions/0020); larger nodes and more replicas are the way to grow',
      ),
    ],
  },
];
