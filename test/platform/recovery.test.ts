import { readFileSync } from 'node:fs';
import { copyVaults, recoveries, statefulResources } from '../../analysis/checks';
import { type Resource, resourcesIn } from '../../analysis/template';
import { FAILURE_SCENARIOS } from '../../lib/constructs/recovery/failure-scenarios';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform();
const stackNamed = (name: string) => assembly.stacks.find(({ displayName }) => displayName === name);
const WITH_RECOVERY = ['Staging', 'Production'];

test('database and buckets are in a plan with a copy in the recovery region, but for logs and copies themselves', () => {
  for (const stage of WITH_RECOVERY) {
    const planned = recoveries(assembly.stage(stage)).filter(({ plans }) => plans.length > 0);
    expect(planned.map(({ resource }) => `${resource.stack.displayName} ${resource.type}`).sort()).toEqual([
      `${stage}/Backup AWS::S3::Bucket`,
      `${stage}/Data AWS::RDS::DBCluster`,
      `${stage}/Edge AWS::S3::Bucket`,
    ]);
  }
  const answered = recoveries(assembly).filter(
    ({ plans, replicas, signed }) => plans.length + replicas.length > 0 || signed,
  );
  expect(answered).toHaveLength(statefulResources(assembly).length);
});

test('the keys of copies are in the recovery region', () => {
  const vaults = assembly.ofType('AWS::Backup::BackupPlan').flatMap(copyVaults);
  expect(vaults.length).toBeGreaterThanOrEqual(WITH_RECOVERY.length);
  for (const vault of vaults) {
    const [key] = resourcesIn(vault.property('EncryptionKeyArn'), 'AWS::KMS::Key');
    expect([vault.stack.region, key?.stack.region]).toEqual(['us-west-2', 'us-west-2']);
  }
});

test('secrets of the service are in the recovery region too', () => {
  const replicated = recoveries(assembly.stage('Production')).filter(({ replicas }) => replicas.includes('us-west-2'));
  expect(replicated.length).toBeGreaterThanOrEqual(3);
});

/** Stacks that a resource takes something of. */
const stacksUsedBy = (resource: Resource): string[] =>
  assembly
    .linksFrom(resource)
    .map(({ to }) => to.stack.displayName)
    .filter((name) => name !== resource.stack.displayName);

test.each(WITH_RECOVERY)('%s: the recovery stacks can be deployed in an empty region, in order', (stage) => {
  const order = ['RecoveryVault', 'Recovery', 'RecoveryData'].map((name) => `${stage}/${name}`);
  for (const [index, name] of order.entries()) {
    const stack = stackNamed(name);
    expect(stack?.region).toBe('us-west-2');
    const used = new Set((stack?.resources ?? []).flatMap(stacksUsedBy));
    expect([...used].filter((other) => !order.slice(0, index).includes(other))).toEqual([]);
  }
});

test('the primary region needs an answer of the recovery region for one thing only: where copies go', () => {
  const abroad = assembly.resources
    .filter(({ stack }) => stack.region === 'us-east-1')
    .filter((resource) => assembly.linksFrom(resource).some(({ to }) => to.stack.region === 'us-west-2'));
  expect([...new Set(abroad.map(({ type }) => type))]).toEqual(['AWS::Backup::BackupPlan']);
});

test('the database of production becomes the primary of a global one, and the other region follows by name', () => {
  const [bond] = assembly.stage('Production').ofType('AWS::RDS::GlobalCluster');
  const follower = stackNamed('Production/RecoveryData')?.resources.find(({ type }) => type === 'AWS::RDS::DBCluster');
  expect(follower?.property('GlobalClusterIdentifier')).toBe(bond?.property('GlobalClusterIdentifier'));
  expect(assembly.linksTo(follower as Resource, 'AWS::RDS::DBInstance')).toEqual([]);
});

test('every failure is told of by alarms that exist', () => {
  const ids = assembly
    .stage('Production')
    .ofType('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm')
    .map(({ metadata }) => (metadata['Headroom::Alarm'] as { readonly id?: string } | undefined)?.id);
  const unknown = FAILURE_SCENARIOS.flatMap(({ id, alarms }) =>
    alarms.filter((alarm) => !ids.includes(alarm)).map((alarm) => `${id}: ${alarm}`),
  );
  expect(unknown).toEqual([]);
  expect(FAILURE_SCENARIOS.every(({ alarms }) => alarms.length > 0)).toBe(true);
});

test('every experiment stops when an alarm goes off, and touches the environment only', () => {
  const experiments = assembly.ofType('AWS::FIS::ExperimentTemplate');
  expect(experiments).toHaveLength(3 * WITH_RECOVERY.length);
  for (const experiment of experiments) {
    expect(resourcesIn(experiment.property('StopConditions'), 'AWS::CloudWatch::Alarm')).toHaveLength(2);
    const targets = Object.values(experiment.property('Targets') ?? {}) as {
      ResourceTags?: { environment?: string };
    }[];
    const environment = experiment.stack.stages[0]?.toLowerCase();
    expect(targets.map(({ ResourceTags }) => ResourceTags?.environment)).toEqual(targets.map(() => environment));
  }
});

test('the plan names each failure', () => {
  const plan = readFileSync('docs/disaster-recovery.md', 'utf8');
  expect(FAILURE_SCENARIOS.filter(({ id }) => !plan.includes(`\`${id}\``))).toEqual([]);
});
