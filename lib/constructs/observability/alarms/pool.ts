import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ConnectionPool } from '../../database/connection-pool';
import type { Concern, MissingData } from '../alarm-row';

const NO_CLIENT: MissingData = { counts: 'notBreaching', because: 'no client is connected' };
const MICROSECONDS = 1_000_000;

/** What the connection pool reports. `queryObjective` is the longest that a complex query may take. */
export function poolAlarms(pool: ConnectionPool, queryObjective: Duration): Concern {
  return {
    name: 'pool',
    rows: [
      {
        id: 'pool-writer-utilization',
        says: 'More than 90 % of the connections that the pool may open to the writer are in use: clients start to wait',
        metric: pool.metricUtilization('READ_WRITE'),
        when: { above: 90 },
        datapoints: [3, 5],
        severity: 'page',
        missing: NO_CLIENT,
      },
      {
        id: 'pool-reader-utilization',
        says: 'More than 90 % of the connections that the pool may open to the readers are in use',
        metric: pool.metricUtilization('READ_ONLY'),
        when: { above: 90 },
        datapoints: [5, 10],
        severity: 'ticket',
        missing: NO_CLIENT,
      },
      {
        id: 'pool-pinned-sessions',
        says: 'More than a fifth of the connections in use belong to one client each: the pool does not pool them',
        metric: pinnedPercent(pool),
        when: { above: 20 },
        datapoints: [10, 15],
        severity: 'ticket',
        missing: NO_CLIENT,
      },
      {
        id: 'pool-borrow-latency',
        says: `Clients wait for a connection: a fifth of the time-out of ${pool.borrowTimeout.toSeconds()} s on average`,
        metric: pool.metricBorrowLatency(),
        when: { above: (pool.borrowTimeout.toSeconds() * MICROSECONDS) / 5 },
        datapoints: [3, 5],
        severity: 'page',
        missing: NO_CLIENT,
      },
      {
        id: 'pool-failed-logins',
        says: 'Clients fail to log in to the pool',
        metric: pool.metricClientConnectionsSetupFailedAuth({ period: Duration.minutes(5) }),
        when: { atLeast: 5 },
        datapoints: [2, 3],
        severity: 'ticket',
        missing: NO_CLIENT,
      },
      {
        id: 'database-slow-queries',
        says: `The mean answer of the database takes longer than ${queryObjective.toMilliseconds()} ms, the objective for complex queries`,
        metric: pool.metricQueryDatabaseResponseLatency(),
        when: { above: queryObjective.toMilliseconds() * 1000 },
        datapoints: [10, 15],
        severity: 'ticket',
        missing: NO_CLIENT,
      },
    ],
  };
}

/** A handful of connections says nothing about a share. */
function pinnedPercent(pool: ConnectionPool): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: 'IF(writer + readers >= 5, 100 * pinned / (writer + readers), 0)',
    usingMetrics: {
      pinned: pool.metricPinnedConnections(),
      writer: pool.metricBorrowedConnections('READ_WRITE'),
      readers: pool.metricBorrowedConnections('READ_ONLY'),
    },
    label: 'pinned, % of those in use',
    period: Duration.minutes(1),
  });
}
