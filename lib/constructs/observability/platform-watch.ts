import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { encryptionKey } from '../../shared/encryption-key';
import { assertNoProblems } from '../../shared/validation';
import type { CostReporter } from '../cost/cost-reporter';
import { SiteCanary } from './canary';
import { functionsAround, queuesAround } from './find-watched';
import { ObjectiveRegistration } from './objective-registration';
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

/**
 * Alarms with their topics and runbooks, dashboards and a canary over all parts of a platform. Made last: the functions
 * and queues that it watches are those that are there by then.
 */
export class PlatformWatch extends Construct {
  /** The alarms and where they go. */
  public readonly alarms: PlatformAlarms;

  public constructor(scope: Construct, id: string, props: PlatformWatchProps) {
    super(scope, id);
    const { settings, parts } = props;
    assertNoProblems(this, observabilityProblems(settings));
    const key = encryptionKey(this, 'Alerts on their way to people, and what the canary saw');
    const platform = {
      ...parts,
      events: new ServiceEvents(this, 'ServiceEvents', { service: parts.service.service }),
      runtime: new RuntimeMetrics(props.metricsNamespace),
      functions: functionsAround(this),
      queues: queuesAround(this),
      canary: this.addCanary(props, key),
    };
    this.alarms = new PlatformAlarms(this, 'Alarms', { ...props, platform, encryptionKey: key });
    new PlatformDashboards(this, 'Dashboards', { names: settings.dashboards, platform, alarms: this.alarms.set });
    if (settings.serviceLevelObjectives === 'application-signals') {
      new ObjectiveRegistration(this, 'Objectives', { loadBalancer: parts.loadBalancer, ...parts.objectives });
    }
  }

  private addCanary(
    { settings: { canary }, parts: { delivery } }: PlatformWatchProps,
    encryptionKey: kms.IKey,
  ): SiteCanary | undefined {
    if (canary === 'none') return undefined;
    // With names of one's own, the edge redirects there, and the canary follows like any visitor.
    return new SiteCanary(this, 'Canary', {
      host: delivery.distribution.distributionDomainName,
      every: canary.every,
      encryptionKey,
    });
  }
}
