import { Construct } from 'constructs';
import type { FunctionNetwork } from '../function/platform-function-props';
import type { PlatformParts } from '../observability/watched-platform';
import { type AdvisedPlatform, CapacityAdvisor } from './capacity-advisor';
import { QueryInsights } from './query-insights';
import { ReplicaMonitor } from './replica-monitor';
import { ReportBucket } from './report-bucket';

export interface InsightsProps extends AdvisedPlatform {
  readonly parts: PlatformParts;

  /** Where the function runs that logs in to the database. */
  readonly network: FunctionNetwork;

  /** CloudWatch namespace of everything that is published. */
  readonly metricsNamespace: string;
}

/** What looks closer than a metric can: at queries, at replicas, at capacity. */
export class Insights extends Construct {
  public readonly reports: ReportBucket;
  public readonly queries: QueryInsights;
  public readonly replicas: ReplicaMonitor;
  public readonly advisor: CapacityAdvisor;

  public constructor(scope: Construct, id: string, props: InsightsProps) {
    super(scope, id);
    const { parts, network, metricsNamespace } = props;
    const { database, objectives } = parts;
    this.reports = new ReportBucket(this, 'Reports');
    const common = { reports: this.reports, metricsNamespace };
    this.queries = new QueryInsights(this, 'Queries', {
      ...common,
      database,
      network,
      slowQuery: objectives.complexQuery,
    });
    this.replicas = new ReplicaMonitor(this, 'Replicas', { ...common, database, maxReaders: props.maxReaders });
    this.advisor = new CapacityAdvisor(this, 'Advisor', { ...props, ...common });
  }
}
