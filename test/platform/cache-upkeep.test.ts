import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ENVIRONMENTS } from '../../lib/config';
import { production } from '../../lib/config/production';
import { jitteredAtLeast } from '../../runtime/cache/policy';
import { cachePolicies, type KeyClass } from '../../service/src/cache-policies';
import { warmClasses } from '../../service/src/warming/warm-classes';
import { synthesizePlatform } from './synthesized';

/** What the service keeps of each class that is warmed, in seconds. */
const ttls = (Object.keys(warmClasses) as KeyClass[]).map((name) => {
  const policy = cachePolicies[name];
  return policy.cacheable ? policy.ttlMs / 1_000 : 0;
});

test.each(ENVIRONMENTS.map((config) => [config.name, config.cacheUpkeep.warming] as const))(
  '%s: the shortest TTL of what is warmed is the service’s, and outlives the time between two runs',
  (_, { every, shortestTtl }) => {
    expect(shortestTtl.toSeconds()).toBe(Math.min(...ttls));
    expect(every.toSeconds()).toBeLessThan(jitteredAtLeast(Math.min(...ttls)));
  },
);

const { assembly, directory } = synthesizePlatform({ environments: [production] });
const functionNamed = (service: string) =>
  assembly
    .ofType('AWS::Lambda::Function')
    .filter((fn) => fn.property('Environment', 'Variables', 'POWERTOOLS_SERVICE_NAME') === service);

test('the function that the warmer calls by name is there in every region that it has asked from', () => {
  const [warmer] = functionNamed('cache-warmer');
  const variable = (name: string) => warmer?.property('Environment', 'Variables', name);
  expect(variable('WARM_EDGE_REGIONS')).toBe(production.cacheUpkeep.warming.edge.regions.join());
  expect(
    functionNamed('edge-warmer').map((fn) => [fn.stack.displayName, fn.stack.region, fn.property('FunctionName')]),
  ).toEqual(
    production.cacheUpkeep.warming.edge.regions.map((region) => [
      `Production/EdgeWarming-${region}`,
      region,
      variable('WARM_EDGE_FUNCTION'),
    ]),
  );
});

test('neither side waits for a value of the other', () => {
  for (const fn of functionNamed('edge-warmer')) {
    const used = fn.stack.resources.flatMap((resource) => assembly.linksFrom(resource)).map(({ to }) => to.stack);
    expect(new Set(used)).toEqual(new Set([fn.stack]));
    const users = fn.stack.resources.flatMap((resource) => assembly.linksTo(resource)).map(({ from }) => from.stack);
    expect(new Set(users)).toEqual(new Set([fn.stack]));
  }
});

test('a deployment makes the functions before the warmer that calls them', () => {
  const manifest = readFileSync(path.join(directory, 'assembly-Production/manifest.json'), 'utf8');
  const artifacts: Record<string, { displayName?: string; dependencies?: string[] }> = JSON.parse(manifest).artifacts;
  const upkeep = Object.values(artifacts).find(({ displayName }) => displayName === 'Production/CacheUpkeep');
  const before = (upkeep?.dependencies ?? []).map((id) => artifacts[id]?.displayName);
  expect(before).toContain('Production/EdgeWarming-us-west-2');
});

test('an alarm watches each region that the CDN is warmed from besides the own one', () => {
  const alarm = assembly.ofType('AWS::CloudWatch::Alarm').find(({ metadata }) => {
    return (metadata['Headroom::Alarm'] as { readonly id?: string } | undefined)?.id === 'cache-warming-region';
  });
  const watched = JSON.stringify(alarm?.property('Metrics')).match(/"Name":"region","Value":"[^"]+"/g);
  expect(watched).toEqual(
    production.cacheUpkeep.warming.edge.regions.map((region) => `"Name":"region","Value":"${region}"`),
  );
});
