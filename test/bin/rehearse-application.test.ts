import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readServices } from '../../analysis/rehearsal';
import { DEFAULT_OBJECTIVES } from '../../analysis/rehearsal/objectives';
import { loadAssembly } from '../../analysis/template';
import { applicationOf } from '../../bin/rehearse/application';
import type { RehearseOptions } from '../../bin/rehearse/options';
import type { Subject } from '../../bin/rehearse/subject';
import { production } from '../../lib/config/production';
import { temporaryDirectory, writeTemplate } from '../analysis/template/write-template';

const folder = temporaryDirectory();
// Three keys in turn: a cache of two never has the one that is asked for, one of three always after the first round.
const keyTrace = path.join(folder, 'keys.csv');
writeFileSync(keyTrace, 'key\n1\n2\n3\n1\n2\n3\n');

const scalable = (ScalableDimension: string, ResourceId: unknown) => ({
  Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  Properties: { ScalableDimension, ResourceId, MinCapacity: 2, MaxCapacity: 4 },
});
const template = writeTemplate({
  Resources: {
    Service: { Type: 'AWS::ECS::Service', Properties: {} },
    Tasks: scalable('ecs:service:DesiredCount', { 'Fn::GetAtt': ['Service', 'Name'] }),
    Database: {
      Type: 'AWS::RDS::DBCluster',
      Properties: { ServerlessV2ScalingConfiguration: { MinCapacity: 1, MaxCapacity: 8 } },
    },
    Readers: scalable('rds:cluster:ReadReplicaCount', { Ref: 'Database' }),
  },
});
const [model] = readServices(loadAssembly(template), 100);
if (model === undefined) throw new Error('no service was read');

const SUBJECT: Subject = {
  title: 'Service',
  model,
  objectives: DEFAULT_OBJECTIVES,
  taskCapacityRps: 100,
  capacityFrom: '--capacity',
  taskHourUsd: undefined,
  config: production,
};
const application = (given: Partial<RehearseOptions>) =>
  applicationOf({ cachedShare: 0.5, forecast: 'perfect-hour', ...given } as RehearseOptions, SUBJECT);

test.each<[string, Partial<RehearseOptions>, number]>([
  ['the objective', {}, 0.9],
  ['--hit-ratio', { hitRatio: 0.3, keyTrace }, 0.3],
  [`${keyTrace} with 50.00 % of its keys cached`, { keyTrace }, 0],
  [`${keyTrace} with 99.00 % of its keys cached`, { keyTrace, cachedShare: 0.99 }, 0.5],
  // A key comes again three accesses after it was loaded.
  ['each for 2 accesses', { keyTrace, cachedShare: 0.99, cacheTtl: 2 }, 0],
  ['each for 3 accesses', { keyTrace, cachedShare: 0.99, cacheTtl: 3 }, 0.5],
])('the hit ratio is from %s', (from, given, hitRatio) => {
  const { cache, assumptions } = application(given);
  expect(cache?.hitRatio).toBe(hitRatio);
  expect(assumptions.join('\n')).toContain(from);
});

test('the database is what the template and the configuration say', () => {
  expect(application({}).database).toMatchObject({
    readers: 2,
    acu: { minAcu: 1, maxAcu: 8 },
    // Of production's configuration.
    connectionsPerTask: 8,
    scaling: { minCapacity: 2, maxCapacity: 4 },
  });
});

test('fails for a key trace that is none', () => {
  writeFileSync(path.join(folder, 'bad.csv'), 'key\n1\nx\n');
  expect(() => application({ keyTrace: path.join(folder, 'bad.csv') })).toThrow(
    "bad.csv:3: expected a whole number, got 'x'",
  );
});
