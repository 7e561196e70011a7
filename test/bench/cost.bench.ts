import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { estimate } from '../../analysis/cost';
import { type Assembly, loadAssembly } from '../../analysis/template';
import { environmentsNamed, synthesize } from '../../bin/shared/synthesis';
import { type Benchmark, type BenchRow, median } from './bench';

const RUNS = 5;

/** How long estimates take: all environments of the platform, and assemblies of growing size. */
export const costBenchmark: Benchmark = {
  name: 'cost',
  description: 'estimate of every environment, and of large assemblies',
  async run(progress): Promise<readonly BenchRow[]> {
    const directory = mkdtempSync(path.join(tmpdir(), 'headroom-bench-'));
    try {
      progress('synthesizing every environment');
      synthesize(environmentsNamed([]), path.join(directory, 'cdk.out'));
      const platform = (): Assembly => loadAssembly(path.join(directory, 'cdk.out'));
      progress('estimating');
      const [small, large] = [1000, 10_000].map(
        (count) => () => loadAssembly(writeLarge(directory, count), { region: 'us-east-1' }),
      );
      const perEnvironment = timed(platform, (assembly) =>
        assembly.stages.map((stage) => estimate(assembly.stage(stage))),
      );
      const ofSmall = timed(small ?? platform, (assembly) => estimate(assembly));
      const ofLarge = timed(large ?? platform, (assembly) => estimate(assembly));
      return [
        row('estimate of all environments', perEnvironment, 'goal', 300, 1),
        row('estimate of 10,000 resources', ofLarge, 'goal', 3000, 1),
        row('estimate of 10,000 resources', ofLarge, 'ten times 1,000 resources', 10 * ofSmall, 2),
      ];
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

function row(name: string, figure: number, reference: string, limit: number, atMost: number): BenchRow {
  return { name, figure, reference: { name: reference, figure: limit }, unit: 'ms', goal: { atMost }, runs: RUNS };
}

/** Median milliseconds of `work` on a freshly loaded assembly, whose properties are not resolved yet. */
function timed(load: () => Assembly, work: (assembly: Assembly) => unknown): number {
  return median(
    Array.from({ length: RUNS }, () => {
      const assembly = load();
      const start = performance.now();
      work(assembly);
      return performance.now() - start;
    }),
  );
}

/** A template of `count` resources in groups of ten that refer to each other. */
function writeLarge(directory: string, count: number): string {
  const groups = Array.from({ length: count / 10 }, (_, index) => group(index));
  const file = path.join(directory, `Large${count}.template.json`);
  writeFileSync(file, JSON.stringify({ Resources: Object.assign({}, ...groups) as unknown }));
  return file;
}

function group(index: number): Record<string, unknown> {
  const id = (name: string): string => `${name}${index}`;
  const ref = (name: string): unknown => ({ Ref: id(name) });
  const join = { 'Fn::Join': ['', ['service/', ref('Cluster'), '/', { 'Fn::GetAtt': [id('Service'), 'Name'] }]] };
  return {
    [id('Cluster')]: { Type: 'AWS::ECS::Cluster' },
    [id('Task')]: { Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: '256', Memory: '512' } },
    [id('Service')]: {
      Type: 'AWS::ECS::Service',
      Properties: { Cluster: ref('Cluster'), TaskDefinition: ref('Task'), LaunchType: 'FARGATE' },
    },
    [id('Target')]: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: { ResourceId: join, ScalableDimension: 'ecs:service:DesiredCount', MinCapacity: 1, MaxCapacity: 4 },
    },
    [id('Logs')]: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } },
    [id('Queue')]: { Type: 'AWS::SQS::Queue' },
    [id('Function')]: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': [id('Role'), 'Arn'] } } },
    [id('Role')]: { Type: 'AWS::IAM::Role' },
    [id('Alarm')]: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'x', AlarmActions: [ref('Topic')] } },
    [id('Topic')]: { Type: 'AWS::SNS::Topic' },
  };
}
