import { App, Stack, Stage } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { checkConcurrencyPool } from '../../../lib/constructs/scaling/concurrency-pool';
import { FunctionScaling, type FunctionScalingProps } from '../../../lib/constructs/scaling/function-scaling';
import { synthesizedTemplate } from '../synthesized-template';

function functionIn(stack: Stack, id = 'Function'): lambda.Function {
  return new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
}

const scaled = (props: Omit<FunctionScalingProps, 'function'> = {}): Template =>
  synthesizedTemplate((stack) => {
    new FunctionScaling(stack, 'Scaling', { function: functionIn(stack), ...props });
  });

const provisioned = { min: 2, max: 20, targetPercent: 70, schedules: [] };

test('by itself it only gives the function an alias', () => {
  const template = scaled();
  template.hasResourceProperties('AWS::Lambda::Alias', { Name: 'live', ProvisionedConcurrencyConfig: Match.absent() });
  template.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: Match.absent() });
  template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
});

test('a critical function has executions of its own', () => {
  scaled({ reservedConcurrency: 50 }).hasResourceProperties('AWS::Lambda::Function', {
    ReservedConcurrentExecutions: 50,
  });
});

test('warm instances belong to the alias and follow their use', () => {
  const template = scaled({ provisioned });
  template.hasResourceProperties('AWS::Lambda::Alias', {
    ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
  });
  template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
    MinCapacity: 2,
    MaxCapacity: 20,
    ScalableDimension: 'lambda:function:ProvisionedConcurrency',
  });
  template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 0.7,
      PredefinedMetricSpecification: { PredefinedMetricType: 'LambdaProvisionedConcurrencyUtilization' },
    },
  });
});

test('warm instances are ready before the working day', () => {
  const schedule = {
    id: 'working-day',
    from: { hour: '7', minute: '45', weekDay: 'MON-FRI' },
    until: { hour: '18', minute: '0', weekDay: 'MON-FRI' },
    timeZone: 'America/New_York',
    minimum: 10,
  };
  scaled({ provisioned: { ...provisioned, schedules: [schedule] } }).hasResourceProperties(
    'AWS::ApplicationAutoScaling::ScalableTarget',
    {
      ScheduledActions: [
        {
          ScheduledActionName: 'working-day-from',
          Schedule: 'cron(45 7 ? * MON-FRI *)',
          Timezone: 'America/New_York',
          ScalableTargetAction: { MinCapacity: 10 },
        },
        Match.objectLike({ ScheduledActionName: 'working-day-until', ScalableTargetAction: { MinCapacity: 2 } }),
      ],
    },
  );
});

test.each<[string, Omit<FunctionScalingProps, 'function'>, string]>([
  ['no execution at all', { reservedConcurrency: 0 }, '`reservedConcurrency` must be between 1 and 1000000, got 0'],
  [
    'more warm instances than reserved ones',
    { reservedConcurrency: 10, provisioned },
    '`provisioned.max` must not be above `reservedConcurrency`, got 20 and 10; warm instances come out of the reserved ones',
  ],
  [
    'min above max',
    { provisioned: { ...provisioned, min: 21 } },
    '`provisioned.min` must not be above `provisioned.max`, got 21 and 20',
  ],
  [
    'a target that leaves no room',
    { provisioned: { ...provisioned, targetPercent: 95 } },
    '`provisioned.targetPercent` must be between 10 and 90, got 95',
  ],
])('fails with %s', (_case, props, message) => {
  expect(() => scaled(props)).toThrow(message);
});

describe('the pool of the account', () => {
  /** A stage whose two functions reserve these numbers in two regions. */
  function stageWith(first: number, second: number, secondRegion = 'us-east-1'): App {
    const app = new App();
    const stage = new Stage(app, 'Production');
    checkConcurrencyPool(stage, 1000);
    for (const [id, region, reservedConcurrency] of [
      ['One', 'us-east-1', first],
      ['Two', secondRegion, second],
    ] as const) {
      const stack = new Stack(stage, id, { env: { region } });
      new FunctionScaling(stack, 'Scaling', { function: functionIn(stack), reservedConcurrency });
    }
    return app;
  }

  test('may be reserved up to the hundred that Lambda keeps', () => {
    expect(() => stageWith(400, 500).synth()).not.toThrow();
  });

  test('fails one above, with the sum and the functions', () => {
    expect(() => stageWith(400, 501).synth()).toThrow(
      '`reservedConcurrency` of all functions in us-east-1 must not exceed 900 (`functions.accountConcurrency` 1000 less ' +
        '100 that Lambda keeps for the others), got 901: Production/One/Function/Resource 400, ' +
        'Production/Two/Function/Resource 501; reserve less or have the limit raised',
    );
  });

  test('is one per region', () => {
    expect(() => stageWith(900, 900, 'us-west-2').synth()).not.toThrow();
  });
});
