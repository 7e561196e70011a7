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
import type { WebAcl } from '../constructs/edge/web-acl';
import type { ObservabilitySettings } from '../constructs/observability/observability-settings';
import { PlatformAlarms } from '../constructs/observability/platform-alarms';
import { RuntimeMetrics } from '../constructs/observability/runtime-metrics';
import { ServiceEvents } from '../constructs/observability/service-events';
import type { WatchedObjectives } from '../constructs/observability/watched-platform';
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
  readonly application: Pick<ApplicationStack, 'loadBalancer' | 'service' | 'scalingEvents'>;
  readonly data: Pick<DataStack, 'database' | 'pool' | 'cache'>;
  readonly delivery: ContentDelivery;
  readonly webAcl: WebAcl;
  readonly observability: ObservabilitySettings;
  readonly objectives: WatchedObjectives;
  /** CloudWatch namespace of everything that the environment's own code reports. */
  readonly metricsNamespace: string;
  /** Fewest and most tasks. */
  readonly tasks: { readonly minTasks: number; readonly maxTasks: number };
  /** Whether CloudFront measures hit rate and origin latency. */
  readonly additionalMetrics: boolean;
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
    new PlatformAlarms(this, 'Alarms', {
      settings: props.observability,
      reporter: this.costReporter,
      monthlyBudgetUsd: costs.monthlyBudgetUsd,
      platform: {
        ...application,
        ...data,
        ...props.tasks,
        delivery,
        webAcl: props.webAcl,
        objectives: props.objectives,
        additionalMetrics: props.additionalMetrics,
        events: new ServiceEvents(this, 'ServiceEvents', { service: application.service.service }),
        runtime: new RuntimeMetrics(props.metricsNamespace),
      },
    });
  }
}
