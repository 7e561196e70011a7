import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reviewCommand } from '../../bin/commands/review';
import { development } from '../../lib/config/development';
import { temporaryDirectory } from '../analysis/template/write-template';
import { synthesizePlatform } from './synthesized';

const { directory: base, assembly } = synthesizePlatform({ environments: [development] });

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
type Template = { readonly Resources: Record<string, Resource> };

/** A copy of the synthesized environment in which some stacks are edited by hand. */
function planted(edits: Readonly<Record<string, (resources: Template['Resources']) => void>>): string {
  const copy = path.join(temporaryDirectory(), 'cdk.out');
  cpSync(base, copy, { recursive: true });
  for (const [name, edit] of Object.entries(edits)) {
    const stack = assembly.stacks.find(({ displayName }) => displayName === `Development/${name}`);
    const file = path.join(copy, path.relative(base, stack?.file ?? ''));
    const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
    edit(template.Resources);
    writeFileSync(file, JSON.stringify(template));
  }
  return copy;
}

function of(resources: Template['Resources'], type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, { Type }]) => Type === type);
}

async function review(head: string): Promise<{ readonly printed: string; readonly error: string }> {
  const printed: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  const args = ['--base', base, '--assembly', head, '--environment', 'development', '--no-rehearsal', '--json'];
  const error = await reviewCommand()
    .exitOverride()
    .parseAsync(args, { from: 'user' })
    .then(
      () => '',
      (thrown: Error) => thrown.message,
    );
  write.mockRestore();
  return { printed: printed.join(''), error };
}

test('each planted edit is named by its rule, at its construct path, the worst first', async () => {
  const head = planted({
    Data: (resources) => {
      // Both are "Update requires: Replacement".
      for (const [, { Properties }] of of(resources, 'AWS::RDS::DBCluster')) {
        Properties['StorageEncrypted'] = false;
        delete Properties['KmsKeyId'];
      }
      for (const [, instance] of of(resources, 'AWS::RDS::DBInstance'))
        instance.Properties['DBInstanceClass'] = 'db.r8g.xlarge';
      const [door] = of(resources, 'AWS::EC2::SecurityGroup').filter(([id]) => id.startsWith('DatabaseSecurityGroup'));
      resources['Planted'] = {
        Type: 'AWS::EC2::SecurityGroupIngress',
        Properties: {
          GroupId: { 'Fn::GetAtt': [door?.[0], 'GroupId'] },
          IpProtocol: 'tcp',
          FromPort: 5432,
          ToPort: 5432,
          CidrIp: '0.0.0.0/0',
        },
      };
    },
    Application: (resources) => {
      const [target] = of(resources, 'AWS::ApplicationAutoScaling::ScalableTarget').filter(
        ([, { Properties }]) => Properties['ScalableDimension'] === 'ecs:service:DesiredCount',
      );
      Object.assign(target?.[1].Properties ?? {}, { MinCapacity: 1, MaxCapacity: 1 });
    },
    Observability: (resources) => {
      const [alarm] = of(resources, 'AWS::CloudWatch::Alarm').filter(([id]) => /ServiceMemory/u.test(id));
      delete resources[alarm?.[0] ?? ''];
    },
  });

  const { printed, error } = await review(head);

  const { lines, cost } = JSON.parse(printed) as {
    readonly lines: readonly { rule: string; at: string; what: string; from?: string; to?: string }[];
    readonly cost: readonly { usdPerMonth: { expected: number }; components: { database: number } }[];
  };
  expect(lines.map(({ rule, at, what }) => `${rule} ${at} ${what}`)).toEqual([
    expect.stringMatching(/^data-replaced Data\/Database\/Cluster .*StorageEncrypted: true → false/u),
    'network-open-to-everyone Data/Database/SecurityGroup lets in TCP 5432 from Everyone (IPv4)',
    // Instances belong to their cluster.
    'replaced Data/Database/Cluster/Reader1 DBClusterIdentifier',
    'replaced Data/Database/Cluster/Writer DBClusterIdentifier',
    'encryption-lowered Data/Database/Cluster encrypted at rest with',
    'ceiling-lowered Application/Service/TaskCount/Target MaxCapacity',
    'alarm-removed Observability/Watch/Alarms/Set/ServiceMemory AWS::CloudWatch::Alarm',
    'capacity-changed Data/Database/Cluster/Reader1 DBInstanceClass',
    'capacity-changed Data/Database/Cluster/Writer DBInstanceClass',
  ]);
  expect(cost[0]?.components.database).toBeGreaterThan(0);
  expect(error).toBe('somebody has to decide: data-replaced, network-open-to-everyone');
});

test('a copy of the same assembly changes nothing', async () => {
  const { printed, error } = await review(planted({}));
  expect(JSON.parse(printed)).toMatchObject({ lines: [], stacks: [], resources: [], cost: [], remarks: [] });
  expect(error).toBe('');
});
