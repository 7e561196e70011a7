import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { context } from '../../../cdk.json';
import { ContainerCluster } from '../../../lib/constructs/container-service/container-cluster';
import { BackgroundWork, type BackgroundWorkProps } from '../../../lib/constructs/jobs/background-work';
import { testDataTier } from '../data-access/fixtures';

/** Everything in the background, in a stack beside a small data tier. */
export function background(props: Partial<BackgroundWorkProps> = {}): { work: BackgroundWork; template: Template } {
  const app = new App({ context });
  const { access, vpc, vpcSubnets } = testDataTier(app);
  const stack = new Stack(app, 'Application');
  const { cluster } = new ContainerCluster(stack, 'Cluster', {
    vpc,
    containerInsights: ecs.ContainerInsights.DISABLED,
  });
  const work = new BackgroundWork(stack, 'Background', {
    eventArchive: 'none',
    relay: Duration.seconds(65),
    jobTimeout: Duration.minutes(1),
    processing: { kind: 'function', maxConcurrency: 5 },
    popularityDays: 30,
    data: access,
    network: { vpc, vpcSubnets },
    cluster,
    image: ecs.ContainerImage.fromRegistry('example.com/service'),
    user: '65532:65532',
    logRetention: RetentionDays.ONE_WEEK,
    ...props,
  });
  return { work, template: Template.fromStack(stack) };
}
