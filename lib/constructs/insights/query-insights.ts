import { Duration, Size } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { letIn } from '../../shared/let-in';

import type { AuroraDatabase } from '../database/aurora-database';
import { DATABASE_NAME, POSTGRES_PORT } from '../database/database-settings';
import { MONITOR_USER } from '../database/database-users';
import { PlatformFunction } from '../function/platform-function';
import type { FunctionNetwork } from '../function/platform-function-props';
import { insightsMetric } from './insights-metric';
import type { ReportBucket } from './report-bucket';

/** What query insights looks for; the label of its metric. */
export type QueryFinding =
  | 'slow_query'
  | 'regressed_query'
  | 'n_plus_one'
  | 'missing_index'
  | 'unused_index'
  | 'bloat'
  | 'long_transaction'
  | 'missing_partition';

export interface QueryInsightsProps {
  readonly database: AuroraDatabase;

  /** Where the function runs: from there, the instances and S3 must be reachable. */
  readonly network: FunctionNetwork;

  readonly reports: ReportBucket;

  /** Longest that a complex query may take. */
  readonly slowQuery: Duration;

  /** CloudWatch namespace of its metrics. */
  readonly metricsNamespace: string;
}

/**
 * Looks every five minutes at what the database did: slow, regressed and repeated queries, indexes that are missing or
 * unused, dead rows, long transactions, partitions that are missing. It logs in to each instance by itself, because
 * each keeps statistics of its own, as a user that can only read (docs/query-insights.md).
 */
export class QueryInsights extends Construct {
  /** The underlying function. */
  public readonly function: PlatformFunction;
  private readonly namespace: string;

  public constructor(scope: Construct, id: string, props: QueryInsightsProps) {
    super(scope, id);
    const { database, reports, metricsNamespace } = props;
    this.namespace = metricsNamespace;
    this.function = new PlatformFunction(this, 'Function', {
      name: 'query-insights',
      description: 'Finds slow queries, missing and unused indexes, and what holds the database up',
      memory: Size.mebibytes(512),
      timeout: Duration.minutes(2),
      network: props.network,
      metricsNamespace,
      // Two at once would see the same.
      reservedConcurrency: 1,
      onFailure: 'queue',
      maxEventAge: Duration.minutes(5),
      environment: {
        DATABASE_HOST: database.cluster.clusterEndpoint.hostname,
        DATABASE_PORT: String(POSTGRES_PORT),
        DATABASE_NAME,
        DATABASE_USER: MONITOR_USER,
        DATABASE_AUTHENTICATION: 'iam',
        DATABASE_TLS: 'on',
        // The certificates of RDS are not public ones; Lambda's own bundle has them, and Node must be told.
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
        SLOW_QUERY_MS: String(props.slowQuery.toMilliseconds()),
        REPORT_BUCKET: reports.bucket.bucketName,
      },
    });
    letIn(this.function, database, 'Query insights reads the statistics of each instance');
    database.grantConnect(this.function, MONITOR_USER);
    reports.grantFolder(this.function.role, 'query-insights');
    new events.Rule(this, 'Every5Minutes', {
      description: 'Query insights looks at the database',
      schedule: events.Schedule.rate(Duration.minutes(5)),
      targets: [new targets.LambdaFunction(this.function.function)],
    });
  }

  /** Findings of one kind that there are now. Maximum over 5 minutes. */
  public metricFindings(kind: QueryFinding, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(this.namespace, 'db_query_findings', { kind }, options);
  }

  /** Mean time of all statements in milliseconds. No data without statements. Over 5 minutes. */
  public metricStatementMean(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(this.namespace, 'db_statement_mean_milliseconds', {}, options);
  }

  /** Mean time of the slowest statement in milliseconds. No data without statements. Over 5 minutes. */
  public metricSlowestStatement(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(this.namespace, 'db_slowest_statement_milliseconds', {}, options);
  }

  /** Share of calls to statements above the objective, in percent. No data without statements. Over 5 minutes. */
  public metricStatementsOverObjective(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(this.namespace, 'db_statements_over_objective_percent', {}, options);
  }

  /** Age of the oldest open transaction in seconds. Maximum over 5 minutes. */
  public metricLongestTransaction(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return insightsMetric(this.namespace, 'db_longest_transaction_seconds', {}, options);
  }
}
