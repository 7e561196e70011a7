import { CHECKS } from '../../analysis/checks';
import { development } from '../../lib/config/development';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform({
  environments: [
    {
      ...development,
      primary: { region: 'eu-west-1', availabilityZones: ['eu-west-1a', 'eu-west-1b'] },
    },
  ],
});

test('a platform elsewhere has the alarms of its edge where the edge reports', () => {
  const edge = assembly.ofType('AWS::CloudWatch::Alarm').filter(({ logicalId }) => /Edge|Waf/.test(logicalId));
  expect(edge.length).toBeGreaterThan(1);
  expect([...new Set(edge.map(({ stack }) => `${stack.displayName} ${stack.region}`))]).toEqual([
    'Development/EdgeAlarms us-east-1',
  ]);
});

test.each(CHECKS.filter(({ id }) => id.startsWith('alarm-')).map((check) => [check.rule, check] as const))(
  'there, too, %s',
  (_rule, check) => {
    expect(check.find(assembly).map(({ resource, message }) => `${resource.address}: ${message}`)).toEqual([]);
  },
);
