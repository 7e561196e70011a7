import { Construct } from 'constructs';
import { assertNoProblems } from '../../shared/validation';
import type { CostReporter } from '../cost/cost-reporter';
import { type ObservabilitySettings, observabilityProblems } from './observability-settings';
import { PlatformAlarms } from './platform-alarms';
import { PlatformDashboards } from './platform-dashboards';
import { RuntimeMetrics } from './runtime-metrics';
import { ServiceEvents } from './service-events';
import type { PlatformParts } from './watched-platform';

export interface PlatformWatchProps {
  readonly settings: ObservabilitySettings;
  readonly parts: PlatformParts;
  readonly reporter: CostReporter;
  /** What a month may cost, in USD. */
  readonly monthlyBudgetUsd: number;
  /** CloudWatch namespace of everything that the environment's own code reports. */
  readonly metricsNamespace: string;
}

/** Alarms with their topics and runbooks, and dashboards, over all parts of a platform. */
export class PlatformWatch extends Construct {
  /** The alarms and where they go. */
  public readonly alarms: PlatformAlarms;

  public constructor(scope: Construct, id: string, props: PlatformWatchProps) {
    super(scope, id);
    const { settings, parts } = props;
    assertNoProblems(this, observabilityProblems(settings));
    const platform = {
      ...parts,
      events: new ServiceEvents(this, 'ServiceEvents', { service: parts.service.service }),
      runtime: new RuntimeMetrics(props.metricsNamespace),
    };
    this.alarms = new PlatformAlarms(this, 'Alarms', { ...props, platform });
    new PlatformDashboards(this, 'Dashboards', { names: settings.dashboards, platform, alarms: this.alarms.set });
  }
}
