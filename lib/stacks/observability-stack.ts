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
import type { ContentDelivery } from '../constructs/edge/content-delivery';
import type { ApplicationStack } from './application-stack';
import type { DataStack } from './data-stack';

export interface ObservabilityStackProps extends StackProps {
  /** Name of the environment. */
  readonly environment: string;
  readonly costs: CostSettings;
  readonly natGateways: number;
  /** Size of the service's tasks. */
  readonly task: TaskSize;
  readonly databaseStorage: DatabaseSettings['storage'];
  readonly cacheCapacity: CacheCapacity;
  readonly application: Pick<ApplicationStack, 'loadBalancer' | 'service'>;
  readonly data: Pick<DataStack, 'database' | 'cache'>;
  readonly delivery: ContentDelivery;
}

/** What watches the platform. Stateless; it refers to the others weakly, so that it can be thrown away first. */
export class ObservabilityStack extends Stack {
  public readonly costReporter: CostReporter;

  public constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    const { environment, costs, application, data, delivery } = props;
    new CostAlerts(this, 'CostAlerts', { ...costs, environment });
    this.costReporter = new CostReporter(this, 'CostReporter', {
      environment,
      requests: delivery.metricRequests({ period: Duration.hours(1) }),
      usage: [
        ...networkUsage(props.natGateways),
        ...loadBalancerUsage(application.loadBalancer),
        ...serviceUsage(application.service, props.task),
        ...databaseUsage(data.database, props.databaseStorage),
        ...cacheUsage(data.cache, props.cacheCapacity),
        ...deliveryUsage(delivery),
      ],
    });
    new CostDashboard(this, 'CostDashboard', {
      reporter: this.costReporter,
      monthlyBudgetUsd: costs.monthlyBudgetUsd,
    });
  }
}
