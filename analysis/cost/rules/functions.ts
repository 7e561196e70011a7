import type { Resource } from '../../template';
import { mapQuantity, type Quantity, times, weakest } from '../quantity';
import { boundsOf, runsPerMonth, scaledCount, scalingInput } from './joins';
import { type Charge, type Context, fixed, monthly, originRequests, perRequest, type Rule, type Subject } from './rule';

/** Functions get 512 MB of `/tmp` for nothing: https://aws.amazon.com/lambda/pricing/. */
const FREE_EPHEMERAL_MB = 512;
/** What runs only when a stack is deployed, or by hand. */
const OCCASIONAL_INVOCATIONS = 100;

const averageConcurrency = scalingInput('provisioned executions');

export const FUNCTION_RULES: Readonly<Record<string, Rule>> = {
  'AWS::Lambda::Function': {
    inputs: {
      invocations: perRequest('invocations', 'by what triggers it: API, queue, schedule, else occasional', invocations),
      durationMs: fixed('ms per invocation', 'an ordinary invocation', (_, { traffic }) => traffic.invocationMs),
    },
    charges: lambdaFunction,
  },
  'AWS::Lambda::Version': { inputs: { averageConcurrency }, charges: provisionedConcurrency },
  'AWS::Lambda::Alias': { inputs: { averageConcurrency }, charges: provisionedConcurrency },
};

function lambdaFunction(fn: Subject, context: Context): readonly Charge[] {
  const invoked = fn.use('invocations');
  const duration = fn.use('durationMs');
  const memoryGb = fn.number('MemorySize', 128) / 1024;
  const storageGb = Math.max(fn.number('EphemeralStorage.Size', FREE_EPHEMERAL_MB) - FREE_EPHEMERAL_MB, 0) / 1024;
  const provisioned = [...fn.namedBy('AWS::Lambda::Version'), ...fn.namedBy('AWS::Lambda::Alias')].some((resource) =>
    context.subject(resource).has('ProvisionedConcurrencyConfig'),
  );
  const seconds: Quantity = {
    low: (invoked.low * duration.low) / 1000,
    expected: (invoked.expected * duration.expected) / 1000,
    high: (invoked.high * duration.high) / 1000,
    origin: weakest(invoked.origin, duration.origin),
    why: `${memoryGb} GB, ${duration.expected} ms, ${invoked.why}`,
  };
  const kind = provisioned ? 'pc.duration' : 'gbsecond';
  const charges: Charge[] = [
    { meter: 'lambda.request', quantity: invoked },
    { meter: `lambda.${kind}.${architectureOf(fn)}`, quantity: times(seconds, memoryGb) },
  ];
  return storageGb > 0 ? [...charges, { meter: 'lambda.ephemeral', quantity: times(seconds, storageGb) }] : charges;
}

function provisionedConcurrency(version: Subject, context: Context): readonly Charge[] | string {
  const dimension = 'lambda:function:ProvisionedConcurrency';
  if (!version.has('ProvisionedConcurrencyConfig') && boundsOf(version, context, dimension) === undefined) {
    return 'has no provisioned concurrency';
  }
  const fn = version.target('FunctionName', 'AWS::Lambda::Function');
  if (fn === undefined) return 'belongs to a function outside this assembly';
  const subject = context.subject(fn);
  const concurrency = scaledCount(version, context, {
    dimension,
    input: 'averageConcurrency',
    absent: version.number('ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions', 0),
    what: 'provisioned executions',
  });
  const gbSeconds = (subject.number('MemorySize', 128) / 1024) * context.hours * 3600;
  return [{ meter: `lambda.pc.${architectureOf(subject)}`, quantity: times(concurrency, gbSeconds) }];
}

function architectureOf(fn: Subject): 'arm' | 'x86' {
  return fn.list('Architectures').includes('arm64') ? 'arm' : 'x86';
}

/** Invocations by what triggers the function, as far as the templates show it. */
function invocations(fn: Subject, context: Context): number {
  const { traffic } = context;
  const fromQueues = fn
    .namedBy('AWS::Lambda::EventSourceMapping')
    .map((mapping) => (originRequests(context) * traffic.backgroundShare) / Math.max(batchSize(mapping, context), 1));
  const schedules = [...fn.namedBy('AWS::Events::Rule'), ...fn.namedBy('AWS::Scheduler::Schedule')];
  const scheduled = schedules.map((rule) => {
    const expression = context.subject(rule).text('ScheduleExpression', '');
    return runsPerMonth(expression, context.hours) ?? OCCASIONAL_INVOCATIONS;
  });
  const all = [...fromQueues, ...scheduled, ...(isBehindApi(fn) ? [originRequests(context) * traffic.apiShare] : [])];
  return all.length === 0 ? OCCASIONAL_INVOCATIONS : all.reduce((sum, count) => sum + count, 0);
}

function batchSize(mapping: Resource, context: Context): number {
  return context.subject(mapping).number('BatchSize', 10);
}

/** An API calls a function directly, or by an alias of it. */
function isBehindApi(fn: Subject): boolean {
  return ['AWS::ApiGateway::Method', 'AWS::ApiGatewayV2::Integration', 'AWS::ElasticLoadBalancingV2::TargetGroup'].some(
    (type) => fn.namedBy(type).length > 0,
  );
}

export const SERVERLESS_RULES: Readonly<Record<string, Rule>> = {
  'AWS::StepFunctions::StateMachine': {
    inputs: { transitions: fixed('state transitions', 'a few runs a month', () => 200) },
    charges: (machine) => [
      { meter: 'stepfunctions.transition', quantity: mapQuantity(machine.use('transitions'), (count) => count / 1000) },
    ],
  },
  'AWS::Scheduler::Schedule': {
    charges: (schedule, { hours }) => {
      const runs = runsPerMonth(schedule.text('ScheduleExpression'), hours);
      // AWS gives 14 million invocations a month for nothing: https://aws.amazon.com/eventbridge/pricing/.
      return runs !== undefined && runs < 14_000_000
        ? 'within the schedules that are free'
        : [monthly('scheduler.invocation', 1, 'schedule')];
    },
  },
};
