import { COMPONENTS, estimate, PRICE_BOOK } from '../../analysis/cost';
import { describe as describeValue, type Resource } from '../../analysis/template';
import { isTagged } from './cost-tags';
import { synthesizePlatform } from './synthesized';

const { assembly } = synthesizePlatform();
const TODAY = new Date('2026-11-20T00:00:00Z');

describe.each(assembly.stages)('%s', (stage) => {
  const environment = assembly.stage(stage);
  const result = estimate(environment, { today: TODAY });

  test('has a price for everything', () => {
    const unpriced = result.resources.filter(({ status }) => status === 'unpriced');
    expect(unpriced.map(({ address, reason }) => `${address}: ${reason}`)).toEqual([]);
    expect(result.resources.length).toBe(environment.resources.length);
  });

  test('stays below its budget', () => {
    const [budget] = environment.ofType('AWS::Budgets::Budget');
    expect(budget?.property('Budget', 'BudgetLimit', 'Amount')).toBeGreaterThan(result.total.expected);
  });

  test('reports meters that the price book knows, in an event that a rule can carry', () => {
    const [rule] = environment.ofType('AWS::Events::Rule').filter((item) => inputOf(item).includes('"report":"model"'));
    const input = rule === undefined ? '' : inputOf(rule);
    const meters = [...input.matchAll(/"meter":"([^"]+)"/gu)].map(([, meter]) => meter ?? '');
    expect(meters.length).toBeGreaterThan(8);
    for (const meter of meters)
      expect([meter, PRICE_BOOK.firstUnit(meter, 'us-east-1')]).toEqual([meter, expect.any(Number)]);
    // EventBridge takes 8,192 characters per target; physical names are at most 64 longer than what stands for them here.
    expect(input.length).toBeLessThan(6000);
  });

  test('tags everything that costs money and can be tagged', () => {
    const missing = result.resources.flatMap(({ address, status }) => {
      const resource = environment.resources.find((item) => item.address === address);
      return status === 'priced' && resource !== undefined && !isTagged(resource)
        ? [`${resource.type} ${address}`]
        : [];
    });
    expect(missing).toEqual([]);
  });

  test('refers to the other stacks weakly from what watches them', () => {
    const watching = environment.stacks.filter(({ name }) => name.endsWith('Observability'));
    expect(watching).toHaveLength(1);
    for (const { resources } of watching) {
      expect(JSON.stringify(resources.map(({ definition }) => definition))).not.toContain('Fn::ImportValue');
    }
  });
});

test('the components of the dashboard are those of the price book', () => {
  const [dashboard] = assembly.ofType('AWS::CloudWatch::Dashboard').filter((item) => bodyOf(item).includes('cost_usd'));
  const shown =
    dashboard === undefined ? [] : [...bodyOf(dashboard).matchAll(/"component","([a-z]+)"/gu)].map(([, name]) => name);
  expect(shown).toEqual([...COMPONENTS]);
});

function inputOf(rule: Resource): string {
  const input = rule.property('Targets', 0, 'Input');
  return input === undefined ? '' : describeValue(input);
}

function bodyOf(dashboard: Resource): string {
  return describeValue(dashboard.property('DashboardBody') ?? '');
}
