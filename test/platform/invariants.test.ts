import { CHECKS } from '../../analysis/checks';
import { production } from '../../lib/config/production';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform();
const withAccount = synthesizePlatform({
  environments: [{ ...production, primary: { ...production.primary, account: '123456789012' } }],
});

test.each(CHECKS.map((check) => [check.rule, check] as const))('%s', (_rule, check) => {
  expect(check.find(assembly).map(({ resource, message }) => `${resource.address}: ${message}`)).toEqual([]);
});

test('every environment is a stage of its own', () => {
  expect(assembly.stages).toEqual(['Development', 'Staging', 'Production']);
});

test('everything that can carry tags carries the fixed set', () => {
  const tagged = assembly.resources.flatMap((resource) => {
    const tags = resource.property('Tags');
    return Array.isArray(tags) ? [{ resource, keys: tags.map((tag: { Key?: string }) => tag.Key) }] : [];
  });
  expect(tagged.length).toBeGreaterThan(100);
  const wanted = ['cost-center', 'environment', 'owner', 'platform'];
  const lacking = tagged.filter(({ keys }) => wanted.some((key) => !keys.includes(key)));
  expect(lacking.map(({ resource }) => resource.address)).toEqual([]);
});

test('environments that share an account share no metrics of their REST APIs, which go by name', () => {
  const names = assembly.ofType('AWS::ApiGateway::RestApi').map((api) => api.property('Name'));
  expect(names.length).toBe(assembly.stages.length);
  expect(new Set(names).size).toBe(names.length);
});

test('a known account needs no look-up: its zones come from the configuration', () => {
  const zones = withAccount.assembly.ofType('AWS::EC2::Subnet').map((subnet) => subnet.property('AvailabilityZone'));
  expect(new Set(zones)).toEqual(
    new Set([...production.primary.availabilityZones, ...production.recovery.availabilityZones]),
  );
});
