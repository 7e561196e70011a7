import {
  App,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
} from 'aws-cdk-lib';
import { CHECKS } from '../analysis/checks';
import { loadAssembly } from '../analysis/template';

/** Our own rules as a policy plugin: they fail a synthesis as CloudFormation's and cdk-nag's do, in one report. */
export class PlatformChecksPlugin implements IPolicyValidationPlugin {
  public readonly name = 'Headroom';
  public readonly ruleIds = CHECKS.map(({ id }) => id);

  public validate({ appConstruct }: IPolicyValidationContext): PolicyValidationPluginReport {
    if (!App.isApp(appConstruct)) throw new TypeError('the checks read the assembly of a whole app');
    const assembly = loadAssembly(appConstruct.outdir);
    const violations = CHECKS.flatMap((check) =>
      check.find(assembly).map(({ resource, message }) => ({
        ruleName: check.id,
        severity: check.severity,
        description: `${check.rule}; ${message}`,
        violatingResources: [
          { resourceLogicalId: resource.logicalId, templatePath: resource.stack.file, locations: ['Properties'] },
        ],
      })),
    );
    return { success: violations.every(({ severity }) => severity !== 'error'), violations };
  }
}
