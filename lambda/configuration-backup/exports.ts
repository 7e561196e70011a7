import { type CloudFormationClient, GetTemplateCommand, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { type CloudWatchClient, GetDashboardCommand, paginateListDashboards } from '@aws-sdk/client-cloudwatch';
import { paginateListSecrets, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParametersCommand, paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import type { ConfigurationExport } from './back-up-configuration';

/** GetParameters takes ten names. */
const NAMES_PER_CALL = 10;

/** Parameters of `environment` with their values; of a secret one everything but the value. */
export function parameters(client: SSMClient, environment: string): ConfigurationExport {
  const ParameterFilters = [{ Key: 'tag:environment', Values: [environment] }];
  return {
    name: 'parameters',
    async *items() {
      for await (const { Parameters = [] } of paginateDescribeParameters({ client }, { ParameterFilters })) {
        const readable = Parameters.flatMap(({ Name, Type }) =>
          Name === undefined || Type === 'SecureString' ? [] : Name,
        );
        const values = new Map<string, string | undefined>();
        for (let from = 0; from < readable.length; from += NAMES_PER_CALL) {
          const Names = readable.slice(from, from + NAMES_PER_CALL);
          const answer = await client.send(new GetParametersCommand({ Names }));
          for (const { Name = '', Value } of answer.Parameters ?? []) values.set(Name, Value);
        }
        for (const { Name = '', ...rest } of Parameters) {
          yield { name: Name, content: { Name, ...rest, Value: values.get(Name) } };
        }
      }
    },
  };
}

/** What is known about the secrets of `environment`, never what is in them: which there are, their keys and rotations. */
export function secretsMetadata(client: SecretsManagerClient, environment: string): ConfigurationExport {
  const Filters = [
    { Key: 'tag-key' as const, Values: ['environment'] },
    { Key: 'tag-value' as const, Values: [environment] },
  ];
  return {
    name: 'secrets',
    async *items() {
      for await (const { SecretList = [] } of paginateListSecrets({ client }, { Filters })) {
        for (const {
          Name = '',
          ARN,
          KmsKeyId,
          RotationEnabled,
          RotationRules,
          RotationLambdaARN,
          Tags,
        } of SecretList) {
          yield {
            name: Name,
            content: { Name, ARN, KmsKeyId, RotationEnabled, RotationRules, RotationLambdaARN, Tags },
          };
        }
      }
    },
  };
}

/** Dashboards whose name begins with `prefix`. */
export function dashboards(client: CloudWatchClient, prefix: string): ConfigurationExport {
  return {
    name: 'dashboards',
    async *items() {
      const pages = paginateListDashboards({ client }, { DashboardNamePrefix: prefix });
      for await (const { DashboardEntries = [] } of pages) {
        for (const { DashboardName = '' } of DashboardEntries) {
          const { DashboardBody = '{}' } = await client.send(new GetDashboardCommand({ DashboardName }));
          yield { name: DashboardName, content: JSON.parse(DashboardBody) };
        }
      }
    },
  };
}

/** Stacks whose name begins with `prefix`: their templates as deployed, parameters, outputs and tags. */
export function templates(client: CloudFormationClient, prefix: string): ConfigurationExport {
  return {
    name: 'templates',
    async *items() {
      for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
        for (const { StackName = '', Parameters, Outputs, Tags } of Stacks) {
          if (!StackName.startsWith(prefix)) continue;
          const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
          yield { name: StackName, content: { StackName, Parameters, Outputs, Tags, TemplateBody } };
        }
      }
    },
  };
}
