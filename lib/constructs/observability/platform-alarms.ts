import { Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { CostReporter } from '../cost/cost-reporter';
import { AlarmSet } from './alarm-set';
import { AlertTopics } from './alert-topics';
import { requestObjectives } from './objectives';
import type { ObservabilitySettings } from './observability-settings';
import { GLOBAL_METRICS_REGION, globalConcerns, regionalConcerns } from './platform-concerns';
import type { WatchedPlatform } from './watched-platform';

export interface PlatformAlarmsProps {
  readonly platform: WatchedPlatform;
  readonly settings: Pick<ObservabilitySettings, 'pageEmails' | 'ticketEmails' | 'quietDuringDeployments'>;
  readonly reporter: CostReporter;
  /** Key of the messages. */
  readonly encryptionKey: kms.IKey;
  /** What a month may cost, in USD. */
  readonly monthlyBudgetUsd: number;
}

/** The alarms of a platform and where they go. Those of the edge are here when the region is theirs (docs/decisions/0069). */
export class PlatformAlarms extends Construct {
  /** Where pages and tickets go. */
  public readonly topics: AlertTopics;

  /** Every alarm by its id. */
  public readonly set: AlarmSet;

  public constructor(scope: Construct, id: string, props: PlatformAlarmsProps) {
    super(scope, id);
    const { platform, settings } = props;
    this.topics = new AlertTopics(this, 'Topics', { ...settings, encryptionKey: props.encryptionKey });
    const hasGlobal = Stack.of(this).region === GLOBAL_METRICS_REGION;
    this.set = new AlarmSet(this, 'Set', {
      concerns: [...regionalConcerns(platform, props), ...(hasGlobal ? globalConcerns(platform) : [])],
      objectives: requestObjectives(platform.loadBalancer, platform.objectives),
      topics: this.topics,
      ...(settings.quietDuringDeployments ? { deployments: platform.service.metricDeploymentCount() } : {}),
    });
  }
}
