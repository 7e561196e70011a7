import { CostInputError, estimate, readUsage, usageFrom } from '../../../analysis/cost';
import { loadTemplate, writeTemplate } from '../template/write-template';

describe('bad input', () => {
  const nat = loadTemplate({ Resources: { Nat: { Type: 'AWS::EC2::NatGateway' } } });
  const withUsage = (usage: unknown) => (): unknown => estimate(nat, { usage: usageFrom(usage, 'usage.yaml') });

  test.each<[string, () => unknown, string]>([
    [
      'a region without prices',
      () => estimate(nat, { region: 'moon-north-1' }),
      'region moon-north-1 has no prices: the price book has us-east-1, us-west-2, eu-west-1',
    ],
    [
      'a template without a region',
      () => estimate(loadTemplate({ Resources: {} }, {})),
      'Web can go to any region: say whose prices apply, with --region',
    ],
    [
      'negative usage',
      withUsage({ resources: { Nat: { processedGb: -1 } } }),
      '`Nat.processedGb` must be a number of at least 0, { low, expected, high } in ascending order, or a list of hourly numbers, got -1',
    ],
    [
      'a spread that falls',
      withUsage({ resources: { Nat: { processedGb: { low: 2, expected: 1, high: 3 } } } }),
      'in ascending order',
    ],
    ['usage of nothing', withUsage({ resources: { Gone: { processedGb: 1 } } }), '`Gone` matches no resource of'],
    [
      'usage that no rule knows',
      withUsage({ resources: { Nat: { gigs: 1 } } }),
      '`Nat.gigs` is not known for AWS::EC2::NatGateway: use processedGb',
    ],
    [
      'hours where a month belongs',
      withUsage({ resources: { Nat: { processedGb: [1, 2] } } }),
      '`Nat.processedGb` takes one figure, not a list',
    ],
    [
      'negative traffic',
      withUsage({ traffic: { requests: -5 } }),
      '`traffic.requests` must be a number of at least 0, got -5',
    ],
    [
      'traffic that is not known',
      withUsage({ traffic: { clicks: 5 } }),
      '`traffic.clicks` is not known: use requests, ',
    ],
    [
      'a section that is not known',
      withUsage({ resource: {} }),
      '`resource` is not known: use `traffic` and `resources`',
    ],
    ['a list', withUsage([]), 'usage.yaml must be a map with `traffic` and `resources`'],
    ['a file that is not there', () => readUsage('/nowhere.yaml'), 'usage file /nowhere.yaml does not exist'],
    ['a file that is no YAML', () => readUsage(writeTemplate('a: [', 'usage.yaml')), 'is neither YAML nor JSON'],
  ])('fails on %s', (_, act, message) => {
    expect(act).toThrow(CostInputError);
    expect(act).toThrow(message);
  });

  test('lists every problem at once', () => {
    expect(withUsage({ resources: { Nat: { a: -1, b: 'x' } }, more: 1 })).toThrow(
      /`more`.*\n.*`Nat\.a`.*\n.*`Nat\.b`/u,
    );
  });
});
