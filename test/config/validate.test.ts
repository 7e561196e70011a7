import { Duration } from 'aws-cdk-lib';
import fc from 'fast-check';
import { ENVIRONMENTS, InvalidConfigError, type PlatformConfig, validateConfig } from '../../lib/config';
import { production } from '../../lib/config/production';

/** `config` with the field at `path` replaced; `undefined` removes it. */
function having(config: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const object = (typeof config === 'object' && config !== null ? config : {}) as Record<string, unknown>;
  return { ...object, [key]: having(object[key], rest, value) };
}

function problemsOf(config: unknown): readonly string[] {
  try {
    validateConfig(config);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
}

test.each(ENVIRONMENTS.map((config) => [config.name, config] as const))('%s can work', (_name, config) => {
  expect(validateConfig(config)).toBe(config);
});

test('names all five of five mistakes, and the file to mend', () => {
  const config: PlatformConfig = {
    ...production,
    primary: { region: 'us-east-1', availabilityZones: ['us-east-1a'] },
    recovery: { ...production.recovery, region: 'us-east-1', availabilityZones: ['us-east-1a', 'us-east-1b'] },
    timeouts: { ...production.timeouts, loadBalancerIdle: Duration.seconds(60) },
    network: { ...production.network, cidr: '8.8.8.0/24' },
    service: { ...production.service, minTasks: 12 },
  };
  expect(() => validateConfig(config)).toThrow(
    "invalid configuration 'production' (lib/config/production.ts):\n" +
      "  - `primary.availabilityZones` must be a list of 2 to 3 items, got [ 'us-east-1a' ]\n" +
      "  - `network.cidr` must look like a private range such as 10.20.0.0/16, got '8.8.8.0/24'\n" +
      "  - `recovery.region` must differ from `primary.region`, got 'us-east-1' twice; a region cannot recover itself\n" +
      '  - `timeouts.edgeKeepAlive` must be shorter than `timeouts.loadBalancerIdle`, got 60 s and 60 s\n' +
      '  - `service.minTasks` must not be above `service.maxTasks`, got 12 and 10',
  );
});

// One row per rule: where to break it, with what, and what is said about it.
test.each<[readonly string[], unknown, string]>([
  [['background', 'relay'], Duration.seconds(70), '`background.relay` must be a Duration between'],
  [['background', 'jobTimeout'], Duration.hours(3), '`background.jobTimeout` must be a Duration between'],
  [
    ['background', 'processing'],
    { kind: 'function', maxConcurrency: 1 },
    '`background.processing.maxConcurrency` must be a whole number between 2 and 1000, got 1',
  ],
  [['name'], 'Production!', '`name` must look like a lower-case name such as production'],
  [['primary', 'region'], 'mars', '`primary.region` must look like a region such as us-east-1'],
  [['primary', 'account'], '123', '`primary.account` must look like twelve digits'],
  [
    ['primary', 'availabilityZones'],
    ['us-east-1a', 'us-east-1a'],
    '`primary.availabilityZones` must not name an item twice',
  ],
  [
    ['primary', 'availabilityZones'],
    ['us-east-1a', 'eu-west-1b', 'us-east-1c'],
    "`primary.availabilityZones` must be in us-east-1, got 'eu-west-1b'",
  ],
  [
    ['recovery'],
    { ...production.recovery, region: 'us-east-1' },
    '`recovery.region` must differ from `primary.region`',
  ],
  [['recovery'], 'somewhere', '`recovery` must be an object'],
  [['ownership', 'owner'], ' ', '`ownership.owner` must look like a name'],
  [['terminationProtection'], 'yes', '`terminationProtection` must be true or false'],
  [['objectives', 'availability'], 1, '`objectives.availability` must be a share between 0 and 1, both excluded'],
  [['objectives', 'latency', 'p95'], 200, '`objectives.latency.p95` must be a Duration between'],
  [
    ['objectives', 'latency', 'p95Cached'],
    Duration.seconds(1),
    '`objectives.latency.p95Cached` must not be above `objectives.latency.p95`, got 1000 ms and 200 ms',
  ],
  [['objectives', 'users', 'stress'], 10, '`objectives.users.stress` must not be below `objectives.users.concurrent`'],
  [['objectives', 'cacheHitRatio', 'popular'], 0.95, '`objectives.cacheHitRatio.popular` must not be above'],
  [
    ['timeouts', 'stopTimeout'],
    Duration.minutes(3),
    '`timeouts.stopTimeout` must be a Duration between 1 second and 2 minutes',
  ],
  [['network', 'natGateways'], 'several', "(or 'none')"],
  [['network', 'interfaceEndpoints'], ['s4'], '`network.interfaceEndpoints[0]` must be one of ecr-api'],
  [['loadBalancer', 'algorithm', 'kind'], 'random', '`loadBalancer.algorithm.kind` must be one of round-robin'],
  [
    ['loadBalancer', 'certificateArn'],
    'arn:aws:acm:eu-west-1:123456789012:certificate/abc',
    "`loadBalancer.certificateArn` must be in us-east-1, the region of the load balancer, got 'eu-west-1'",
  ],
  [
    ['edge', 'originPrefixList'],
    'cloudfront',
    '`edge.originPrefixList` must look like a prefix list such as pl-3b927c52',
  ],
  [
    ['edge', 'behaviours'],
    [{ kind: 'cached', path: '/*' }],
    '`edge.behaviours[0].kind` must be one of immutable-files',
  ],
  [
    ['edge', 'webAcl', 'tiers', 'free', 'requests'],
    9,
    '`edge.webAcl.tiers.free.requests` must be a whole number between 10',
  ],
  [
    ['edge', 'originTlsName'],
    'origin.example.com',
    "`edge.originTlsName` and `loadBalancer.certificateArn` must both be given or both be 'none', got 'origin.example.com'",
  ],
  [
    ['edge', 'domain'],
    { names: ['www.example.com'], certificateArn: 'from-zone', zone: 'none' },
    "`edge.domain.certificateArn` must be an ARN when `edge.domain.zone` is 'none'",
  ],
  [
    ['edge', 'domain'],
    {
      names: ['www.example.com'],
      certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/abc',
      zone: 'none',
    },
    "`edge.domain.certificateArn` must be in us-east-1, where CloudFront looks for it, got 'eu-west-1'",
  ],
  [
    ['edge', 'domain'],
    { names: ['www.example.org'], certificateArn: 'from-zone', zone: { id: 'Z012', name: 'example.com' } },
    "`edge.domain.names` must be in the zone example.com, got 'www.example.org'",
  ],
  [['service', 'deployment'], { kind: 'canary' }, '`service.deployment.stepPercent` is missing'],
  [['service', 'minTasks'], 11, '`service.minTasks` must not be above `service.maxTasks`, got 11 and 10'],
  [['service', 'minTask'], 2, '`service.minTask` is not a setting; the settings here are'],
  [['service'], undefined, '`service` is missing; it must be an object'],
])('refuses %j = %j', (path, value, problem) => {
  expect(problemsOf(having(production, path, value)).join('\n')).toContain(problem);
});

test('refuses more NAT gateways than zones', () => {
  const config = { ...production, primary: { region: 'us-east-1', availabilityZones: ['us-east-1a', 'us-east-1b'] } };
  expect(problemsOf(config)).toEqual([
    '`network.natGateways` must not be above the number of zones, got 3 and 2 in `primary.availabilityZones`',
  ]);
});

/** The path of every setting of `value`, sections included. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  const isSection =
    typeof value === 'object' && value !== null && !(value instanceof Duration) && !Array.isArray(value);
  const below = isSection ? Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key])) : [];
  return path.length === 0 ? below : [path, ...below];
}

/** Whether a mistake at `path` cannot be seen because of one at `other`: the section around it, or what kind it is. */
function hides(other: readonly string[], path: readonly string[]): boolean {
  const around = other.at(-1) === 'kind' ? other.slice(0, -1) : other;
  return other !== path && around.length < path.length && around.every((key, index) => key === path[index]);
}

const paths = pathsOf(production);
/** Values that no setting accepts, whatever it is. */
const nonsense = fc.oneof(
  fc.constantFrom(null, Number.NaN, Number.POSITIVE_INFINITY, -1, 10n, Symbol('s'), '', () => 1),
  fc.constant(Duration.days(4000)),
  fc.anything({ withDate: true, withMap: true, withNullPrototype: true }).map((anything) => ({ anything })),
);

test('answers whatever is wrong with InvalidConfigError that names each wrong setting, never with another error', () => {
  const mistakes = fc.uniqueArray(fc.tuple(fc.constantFrom(...paths), nonsense), {
    minLength: 1,
    maxLength: 5,
    selector: ([path]) => path.join('.'),
  });
  fc.assert(
    fc.property(mistakes, (broken) => {
      const visible = broken.filter(([path]) => !broken.some(([other]) => hides(other, path)));
      const config = visible.reduce<unknown>((whole, [path, value]) => having(whole, path, value), production);
      const problems = problemsOf(config);
      for (const [path] of visible) {
        expect(problems.some((problem) => problem.startsWith(`\`${path.join('.')}`))).toBe(true);
      }
    }),
    { numRuns: 2_500 },
  );
});

test('answers anything at all with InvalidConfigError', () => {
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      expect(problemsOf(anything).length).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});
