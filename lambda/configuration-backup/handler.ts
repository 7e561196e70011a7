import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { requireEnv } from '../shared/env';
import { backUpConfiguration } from './back-up-configuration';
import { dashboards, parameters, secretsMetadata, templates } from './exports';

const s3 = new S3Client();
const bucket = requireEnv('CONFIGURATION_BUCKET');
const environment = requireEnv('ENVIRONMENT');
const stackPrefix = requireEnv('STACK_PREFIX');
const exports = [
  parameters(new SSMClient(), environment),
  secretsMetadata(new SecretsManagerClient(), environment),
  dashboards(new CloudWatchClient(), stackPrefix),
  templates(new CloudFormationClient(), stackPrefix),
];

/** Runs daily, before the backup of the bucket that it writes to. */
export const handler = () => backUpConfiguration(exports, { s3, bucket });
