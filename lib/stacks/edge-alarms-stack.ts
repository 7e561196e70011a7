import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlarmSet } from '../constructs/observability/alarm-set';
import { AlertTopics } from '../constructs/observability/alert-topics';
import type { ObservabilitySettings } from '../constructs/observability/observability-settings';
import { globalConcerns } from '../constructs/observability/platform-concerns';
import type { PlatformParts } from '../constructs/observability/watched-platform';
import { encryptionKey } from '../shared/encryption-key';

export interface EdgeAlarmsStackProps extends StackProps {
  readonly observability: ObservabilitySettings;
  readonly parts: Pick<PlatformParts, 'delivery' | 'webAcl' | 'additionalMetrics' | 'objectives'>;
}

/** Alarms of the public door for a platform that is not in us-east-1, where the door reports. Stateless. */
export class EdgeAlarmsStack extends Stack {
  public constructor(scope: Construct, id: string, { observability, parts, ...props }: EdgeAlarmsStackProps) {
    super(scope, id, props);
    new AlarmSet(this, 'Alarms', {
      concerns: globalConcerns(parts),
      objectives: [],
      topics: new AlertTopics(this, 'Topics', {
        ...observability,
        encryptionKey: encryptionKey(this, 'Alerts on their way'),
      }),
    });
  }
}
