import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { backUpConfiguration } from '../../../lambda/configuration-backup/back-up-configuration';
import { dashboards, parameters, secretsMetadata, templates } from '../../../lambda/configuration-backup/exports';
import { type AwsAnswer, AwsError, type AwsRequest, XML } from '../../local/aws-server';
import { type AwsAccount, startAccount } from '../shared/aws-account';

const PREFIX = 'configuration-bucket/configuration';
const SECRET_VALUE = 'nobody-may-see-this';
/** More than GetParameters takes at once. */
const PLAIN = Array.from({ length: 13 }, (_, index) => `/staging/plain-${index}`);

let account: AwsAccount;
let values: Record<string, string>;
let denied: string[];

const refuse = (operation: string): void => {
  if (denied.includes(operation)) throw new AwsError('AccessDeniedException', `not authorized: ${operation}`, 400);
};

/** Two pages, whatever is listed. */
const paged =
  (operation: string, field: string, entries: readonly unknown[]) =>
  ({ NextToken }: Readonly<Record<string, unknown>>) => {
    refuse(operation);
    const half = Math.ceil(entries.length / 2);
    return NextToken === undefined
      ? { [field]: entries.slice(0, half), NextToken: 'second' }
      : { [field]: entries.slice(half) };
  };

const stack = (name: string): string =>
  `<member><StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime>` +
  '<StackStatus>CREATE_COMPLETE</StackStatus></member>';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
function cloudFormation({ operation, body }: AwsRequest): AwsAnswer {
  const answer = (result: string): AwsAnswer => ({
    headers: XML,
    body: `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`,
  });
  if (operation === 'GetTemplate')
    return answer(`<TemplateBody>{"of":"${/StackName=([\w-]+)/.exec(body)?.[1]}"}</TemplateBody>`);
  return body.includes('NextToken=')
    ? answer(`<Stacks>${stack('Staging-Edge')}</Stacks>`)
    : answer(`<Stacks>${stack('Staging-Data')}${stack('Other-Data')}</Stacks><NextToken>second</NextToken>`);
}

beforeEach(async () => {
  denied = [];
  values = Object.fromEntries(PLAIN.map((name) => [name, `value of ${name}`]));
  const described = [
    ...PLAIN.map((Name) => ({ Name, Type: 'String' })),
    { Name: '/staging/secret', Type: 'SecureString', KeyId: 'alias/own' },
  ];
  const secrets = ['session-keys', 'token-keys'].map((Name) => ({ Name, KmsKeyId: 'key', SecretString: SECRET_VALUE }));
  account = await startAccount({
    metrics: () => [],
    operations: {
      DescribeParameters: paged('DescribeParameters', 'Parameters', described),
      GetParameters: ({ Names }) => ({
        Parameters: (Names as string[]).map((Name) => ({ Name, Value: values[Name] ?? SECRET_VALUE })),
      }),
      ListSecrets: paged('ListSecrets', 'SecretList', secrets),
      ListDashboards: paged('ListDashboards', 'DashboardEntries', [
        { DashboardName: 'Staging-service' },
        { DashboardName: 'Staging-data' },
      ]),
      GetDashboard: ({ DashboardName }) => ({ DashboardBody: JSON.stringify({ widgets: [DashboardName] }) }),
    },
    services: { cloudformation: cloudFormation },
  });
});

afterEach(() => account.stop());

function backUp() {
  const { clientOptions } = account;
  const exports = [
    parameters(new SSMClient(clientOptions), 'staging'),
    secretsMetadata(new SecretsManagerClient(clientOptions), 'staging'),
    dashboards(new CloudWatchClient(clientOptions), 'Staging'),
    templates(new CloudFormationClient(clientOptions), 'Staging'),
  ];
  const s3 = new S3Client({ ...clientOptions, forcePathStyle: true });
  return backUpConfiguration(exports, { s3, bucket: 'configuration-bucket' });
}

const written = (key: string): unknown => JSON.parse(account.s3.objects.get(`${PREFIX}/${key}`) ?? 'null');
const operations = (): string[] => account.requests.map(({ operation }) => operation);

test('writes every page of everything, and of stacks only its own', async () => {
  expect(await backUp()).toEqual({ parameters: 14, secrets: 2, dashboards: 2, templates: 2 });
  expect(account.s3.objects.size).toBe(20);
  expect(written('parameters/%2Fstaging%2Fplain-12.json')).toEqual({
    Name: '/staging/plain-12',
    Type: 'String',
    Value: 'value of /staging/plain-12',
  });
  expect(written('dashboards/Staging-data.json')).toEqual({ widgets: ['Staging-data'] });
  expect(written('templates/Staging-Edge.json')).toMatchObject({ TemplateBody: '{"of":"Staging-Edge"}' });
  // Ten names are what one call takes.
  const asked = account.requests.filter(({ operation }) => operation === 'GetParameters');
  const counts = asked.map(({ body }) => (JSON.parse(body) as { Names: string[] }).Names.length);
  expect(counts.every((count) => count <= 10)).toBe(true);
});

test('never asks for the value of a secret, and never writes one', async () => {
  await backUp();
  expect(operations()).not.toContain('GetSecretValue');
  expect(operations()).not.toContain('BatchGetSecretValue');
  const asked = account.requests.filter(({ operation }) => operation === 'GetParameters').map(({ body }) => body);
  expect(asked.join()).not.toContain('/staging/secret');
  expect(asked.join()).not.toContain('WithDecryption');
  expect([...account.s3.objects.values()].join()).not.toContain(SECRET_VALUE);
  expect(written('parameters/%2Fstaging%2Fsecret.json')).toEqual({
    Name: '/staging/secret',
    Type: 'SecureString',
    KeyId: 'alias/own',
  });
  expect(written('secrets/token-keys.json')).toEqual({ Name: 'token-keys', KmsKeyId: 'key' });
});

test('asks again when it is throttled', async () => {
  for (const operation of ['DescribeParameters', 'GetParameters', 'ListSecrets']) {
    account.fail({ status: 400, code: 'ThrottlingException' }, 2, operation);
  }
  expect(await backUp()).toMatchObject({ parameters: 14, secrets: 2 });
  expect(operations().filter((operation) => operation === 'ListSecrets')).toHaveLength(4);
});

test('reports a permission that is missing, after the rest was written', async () => {
  denied = ['DescribeParameters', 'ListDashboards'];
  await expect(backUp()).rejects.toThrow(
    'export of parameters ended after 0 items; export of dashboards ended after 0 items',
  );
  expect([...account.s3.objects.keys()].sort()).toEqual(
    ['secrets/session-keys', 'secrets/token-keys', 'templates/Staging-Data', 'templates/Staging-Edge'].map(
      (name) => `${PREFIX}/${name}.json`,
    ),
  );
});

test('writes the same objects every day, so that the bucket keeps what was before as a version', async () => {
  await backUp();
  const before = [...account.s3.objects.keys()];
  values['/staging/plain-0'] = 'changed';
  await backUp();
  expect([...account.s3.objects.keys()]).toEqual(before);
  expect(written('parameters/%2Fstaging%2Fplain-0.json')).toMatchObject({ Value: 'changed' });
  const puts = account.requests.filter(({ service, method }) => service === 's3' && method === 'PUT');
  expect(puts).toHaveLength(2 * before.length);
});
