import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CacheCapacity } from '../constructs/cache/cache-capacity';
import { CostAlerts } from '../constructs/cost/cost-alerts';
import { CostDashboard } from '../constructs/cost/cost-dashboard';
import { CostReporter } from '../constructs/cost/cost-reporter';
import type { CostSettings } from '../constructs/cost/cost-settings';
import {
  cacheUsage,
  databaseUsage,
  deliveryUsage,
  loadBalancerUsage,
  networkUsage,
  serviceUsage,
  type TaskSize,
} from '../constructs/cost/reported-usage';
import type { DatabaseSettings } from '../constructs/database/database-settings';
import type { FunctionNetwork } from '../constructs/function/platform-function-props';
import type { AdvisedLimits } from '../constructs/insights/advised-resources';
import { Insights } from '../constructs/insights/insights';
import type { ObservabilitySettings } from '../constructs/observability/observability-settings';
import { PlatformWatch } from '../constructs/observability/platform-watch';
import type { PlatformParts } from '../constructs/observability/watched-platform';

export interface ObservabilityStackProps extends StackProps {
  /** Name of the environment. */
  readonly environment: string;
  readonly costs: CostSettings;
  readonly natGateways: number;
  /** Size of the service's tasks. */
  readonly task: TaskSize;
  readonly databaseStorage: DatabaseSettings['storage'];
  readonly cacheCapacity: CacheCapacity;
  /** What is counted and watched. */
  readonly parts: PlatformParts;
  readonly observability: ObservabilitySettings;
  /** CloudWatch namespace of everything that the environment's own code reports. */
  readonly metricsNamespace: string;
  /** Where functions run that look into the database. */
  readonly network: FunctionNetwork;
  /** What capacity can grow to. */
  readonly limits: AdvisedLimits;
  readonly connectionsPerEndpoint: number;
}

/** What watches the platform. Stateless; it refers to the others weakly, so that it can be thrown away first. */
export class ObservabilityStack extends Stack {
  public readonly costReporter: CostReporter;

  /** Alarms and dashboards. */
  public readonly watch: PlatformWatch;

  public constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    const { environment, costs, parts } = props;
    new CostAlerts(this, 'CostAlerts', { ...costs, environment });
    this.costReporter = new CostReporter(this, 'CostReporter', {
      environment,
      requests: parts.delivery.metricRequests({ period: Duration.hours(1) }),
      usage: [
        ...networkUsage(props.natGateways),
        ...loadBalancerUsage(parts.loadBalancer),
        ...serviceUsage(parts.service, props.task),
        ...databaseUsage(parts.database, props.databaseStorage),
        ...cacheUsage(parts.cache, props.cacheCapacity),
        ...deliveryUsage(parts.delivery),
      ],
    });
    new CostDashboard(this, 'CostDashboard', {
      reporter: this.costReporter,
      monthlyBudgetUsd: costs.monthlyBudgetUsd,
    });
    new Insights(this, 'Insights', { ...props, ...props.limits });
    this.watch = new PlatformWatch(this, 'Watch', {
      settings: props.observability,
      parts,
      reporter: this.costReporter,
      monthlyBudgetUsd: costs.monthlyBudgetUsd,
      metricsNamespace: props.metricsNamespace,
    });
  }
}
