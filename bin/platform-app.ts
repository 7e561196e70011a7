import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { context } from '../cdk.json';
import { ENVIRONMENTS, type PlatformConfig } from '../lib/config';
import { PlatformStage } from '../lib/platform-stage';

export interface PlatformAppProps extends Pick<AppProps, 'outdir'> {
  /**
   * The environments to synthesize, one stage each.
   *
   * @default - all of them
   */
  readonly environments?: readonly PlatformConfig[];
}

/** The whole CDK app: every environment, and the policies that a synthesis must pass. */
export function createPlatformApp({ environments = ENVIRONMENTS, ...props }: PlatformAppProps = {}): App {
  const app = new App({ context, ...props });
  for (const config of environments) new PlatformStage(app, { config });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
