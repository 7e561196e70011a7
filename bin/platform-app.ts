import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { context } from '../cdk.json';
import { ENVIRONMENTS, type PlatformConfig } from '../lib/config';
import { PlatformStage } from '../lib/platform-stage';
import { PlatformChecksPlugin } from './platform-checks-plugin';

export interface PlatformAppProps extends Pick<AppProps, 'outdir'> {
  /**
   * The environments to synthesize, one stage each.
   *
   * @default - all of them
   */
  readonly environments?: readonly PlatformConfig[];
}

/** What CDK's command line sets by itself is set here too, so that every way of synthesizing gives the same templates. */
const COMMAND_LINE_CONTEXT = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

/** The whole CDK app: every environment, and the policies that a synthesis must pass. */
export function createPlatformApp({ environments = ENVIRONMENTS, ...props }: PlatformAppProps = {}): App {
  const app = new App({ context: { ...context, ...COMMAND_LINE_CONTEXT }, analyticsReporting: false, ...props });
  for (const config of environments) new PlatformStage(app, { config });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new PlatformChecksPlugin());
  return app;
}
