import { readFileSync } from 'node:fs';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** What insights adds to the stack, from its snapshot, which test/platform/snapshots.test.ts keeps true. */
function insightsOf(environment: string): readonly (readonly [id: string, resource: Resource])[] {
  const template = JSON.parse(readFileSync(`test/snapshots/${environment}/Observability.json`, 'utf8'));
  return Object.entries(template.Resources as Record<string, Resource>).filter(([id]) => id.startsWith('Insights'));
}

/** Properties as text of those of a type whose id has `part` in it. */
const textsOf = (type: string, part: string, environment = 'production'): readonly string[] =>
  insightsOf(environment)
    .filter(([id, { Type }]) => Type === type && id.includes(part))
    .map(([, { Properties }]) => JSON.stringify(Properties));

test('query insights logs in as the monitor, straight to the instances, and as nobody else', () => {
  expect(textsOf('AWS::Lambda::Function', 'Queries')).toEqual([
    expect.stringContaining('"DATABASE_USER":"app_monitor"'),
  ]);
  const policies = textsOf('AWS::IAM::Policy', '').join('\n');
  expect(policies).toContain('/app_monitor');
  expect(policies).not.toMatch(/app_rw|app_ro|secretsmanager/);
});

test('no function may do more than read figures, send events and write its own folder', () => {
  const actions = insightsOf('production')
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy')
    .flatMap(
      ([, { Properties }]) =>
        (Properties['PolicyDocument'] as { Statement: { Action: string | string[] }[] }).Statement,
    )
    .flatMap(({ Action }) => [Action].flat());
  const writing = actions.filter((action) => !/:(?:Get|Describe|List)|^(?:logs|xray|ec2):/.test(action));
  expect(new Set(writing)).toEqual(
    new Set([
      'rds-db:connect',
      's3:PutObject',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'events:PutEvents',
      'sqs:SendMessage',
    ]),
  );
});

test.each(['development', 'staging', 'production'])(
  'the event of the advisor in %s is within what a rule can hold',
  (name) => {
    const [rule = '', ...others] = textsOf('AWS::Events::Rule', 'Advisor', name);
    expect(others).toEqual([]);
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
    expect(rule.length).toBeLessThan(8192);
    for (const type of ['service_cpu', 'database_cpu', 'pool_connections', 'cache_memory', 'running_tasks']) {
      expect(rule).toContain(type);
    }
  },
);
