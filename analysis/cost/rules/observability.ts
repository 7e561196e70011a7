import { describe, isMap, type Value } from '../../template';
import { exactly, mapQuantity, type Quantity, times } from '../quantity';
import { runsPerMonth } from './joins';
import {
  type Charge,
  type Context,
  fixed,
  monthly,
  originRequests,
  perRequest,
  type Rule,
  type Subject,
  UnresolvedPropertyError,
} from './rule';

/** Stored logs are billed after compression; gzip of JSON lines leaves about this much (the CloudWatch pricing page assumes the same). */
const COMPRESSED = 0.15;
const DAYS_PER_MONTH = 365 / 12;
/** A log group that keeps everything is counted as if it had run this long. */
const DAYS_KEPT_FOR_EVER = 1827;
/** An anomaly detection alarm is billed as three metrics: https://aws.amazon.com/cloudwatch/pricing/. */
const METRICS_PER_ANOMALY_ALARM = 3;
/** A health check, a canary and a schedule write this little. */
const QUIET_LOG_GB = 0.1;
const CONTAINER_METRICS = 30;
const GROUPS_OF_TASKS = new WeakMap<Context, number>();

export const OBSERVABILITY_RULES: Readonly<Record<string, Rule>> = {
  'AWS::Logs::LogGroup': {
    inputs: {
      ingestedGb: perRequest('GB ingested', 'kB per passed request for what serves them, else little', ingestedGb),
      storedGb: fixed('GB stored, compressed', 'what is ingested, over the retention', () => 0),
      scannedGb: fixed('GB scanned by queries', 'none', () => 0),
      customMetrics: fixed('metrics from embedded metric format', 'those of the tasks', (group) =>
        writers(group).tasks ? CONTAINER_METRICS : 0,
      ),
    },
    charges: logGroup,
  },
  'AWS::Logs::MetricFilter': { charges: () => [monthly('cw.metric', 1, 'metric of the filter')] },
  'AWS::CloudWatch::Alarm': { charges: alarm },
  'AWS::CloudWatch::CompositeAlarm': { charges: () => [monthly('cw.alarm.composite', 1, 'composite alarm')] },
  'AWS::CloudWatch::Dashboard': { charges: () => [monthly('cw.dashboard', 1, 'dashboard')] },
  'AWS::Synthetics::Canary': {
    charges: (canary, context) => {
      const expression = canary.text('Schedule.Expression');
      const runs = runsPerMonth(expression, context.hours);
      if (runs === undefined)
        throw new UnresolvedPropertyError(`\`Schedule.Expression\` ${expression} is not understood`);
      return [{ meter: 'cw.canary', quantity: exactly(runs, expression) }];
    },
  },
  'AWS::XRay::SamplingRule': {
    inputs: {
      traces: perRequest(
        'traces recorded',
        'the sampled share of the passed requests',
        (rule, context) => originRequests(context) * rule.number('SamplingRule.FixedRate', context.traffic.traceShare),
      ),
    },
    charges: (rule) => [{ meter: 'xray.recorded', quantity: rule.use('traces') }],
  },
  'AWS::Athena::WorkGroup': {
    inputs: { scannedTb: fixed('TB scanned by queries', 'a few queries over a month of logs', () => 0.01) },
    charges: (group) => [{ meter: 'athena.scanned', quantity: group.use('scannedTb') }],
  },
  'AWS::CloudTrail::Trail': {
    inputs: { dataEvents: fixed('data events', 'none', () => 0) },
    charges: (trail) => {
      const events = trail.use('dataEvents');
      // The first copy of management events in a region is free: https://aws.amazon.com/cloudtrail/pricing/.
      return events.high === 0
        ? 'the first copy of management events is free'
        : [{ meter: 'cloudtrail.data', quantity: mapQuantity(events, (count) => count / 100_000) }];
    },
  },
};

interface Writers {
  readonly tasks: boolean;
  readonly vended: boolean;
  /** Whether what writes reports every request or only the exceptions. */
  readonly everything: boolean;
}

/** What writes to a log group, as far as the templates show it. */
function writers(group: Subject): Writers {
  const flows = group.namedBy('AWS::EC2::FlowLog');
  const others = ['AWS::WAFv2::LoggingConfiguration', 'AWS::Logs::DeliveryDestination'].flatMap((type) =>
    group.namedBy(type),
  );
  const tasks = group.namedBy('AWS::ECS::TaskDefinition').length > 0;
  return {
    tasks,
    vended: flows.length + others.length > 0,
    everything: tasks || others.length > 0 || flows.some((flow) => flow.property('TrafficType') !== 'REJECT'),
  };
}

function ingestedGb(group: Subject, context: Context): number {
  const { tasks, everything } = writers(group);
  if (!everything) return QUIET_LOG_GB;
  return (
    (originRequests(context) * context.traffic.logKbPerRequest) /
    1e6 /
    (tasks ? Math.max(groupsOfTasks(context), 1) : 1)
  );
}

/** How many log groups the tasks share their lines among; counted once per estimate. */
function groupsOfTasks(context: Context): number {
  const known = GROUPS_OF_TASKS.get(context);
  if (known !== undefined) return known;
  const groups = context.assembly
    .ofType('AWS::Logs::LogGroup')
    .filter((group) => writers(context.subject(group)).tasks);
  GROUPS_OF_TASKS.set(context, groups.length);
  return groups.length;
}

function logGroup(group: Subject, context: Context): readonly Charge[] {
  const ingested = group.use('ingestedGb');
  const infrequent = group.text('LogGroupClass', 'STANDARD') === 'INFREQUENT_ACCESS';
  const meter = infrequent ? 'cw.logs.ingest.ia' : writers(group).vended ? 'cw.logs.vended' : 'cw.logs.ingest';
  const stored = group.given('storedGb') === undefined ? storedOf(group, ingested) : group.use('storedGb');
  const optional: Charge[] = [
    { meter: 'cw.logs.insights', quantity: group.use('scannedGb') },
    { meter: 'cw.metric', quantity: group.use('customMetrics') },
  ];
  const { hours } = context;
  return [
    { meter, quantity: ingested },
    { meter: 'cw.logs.storage', quantity: hours > 0 ? stored : times(stored, 0) },
    ...optional.filter(({ quantity }) => quantity.high > 0),
  ];
}

function storedOf(group: Subject, ingested: Quantity): Quantity {
  const kept = group.has('RetentionInDays');
  const days = kept ? group.number('RetentionInDays') : DAYS_KEPT_FOR_EVER;
  const why = `${kept ? `${days} days` : `for ever, counted as ${days} days`}, ${COMPRESSED * 100} % after compression`;
  return { ...times(ingested, (days / DAYS_PER_MONTH) * COMPRESSED, why), origin: 'assumption' };
}

/** Alarms are billed by the metrics they watch, three times for a band, more for periods under a minute. */
function alarm(subject: Subject): readonly Charge[] {
  const queries = subject.list('Metrics').filter(isMap);
  const metrics = queries.length === 0 ? 1 : queries.filter((query) => query['MetricStat'] !== undefined).length;
  const isAnomaly =
    subject.has('ThresholdMetricId') ||
    queries.some((query) => mentions(query['Expression'], 'ANOMALY_DETECTION_BAND'));
  const periods =
    queries.length === 0
      ? [subject.number('Period', 60)]
      : queries.map((_, index) => subject.number(`Metrics.${index}.MetricStat.Period`, 60));
  const meter = periods.some((period) => period < 60) ? 'cw.alarm.highres' : 'cw.alarm.standard';
  return [
    monthly(
      meter,
      Math.max(metrics, 1) * (isAnomaly ? METRICS_PER_ANOMALY_ALARM : 1),
      isAnomaly ? 'metrics with their band' : 'metrics',
    ),
  ];
}

function mentions(value: Value | undefined, text: string): boolean {
  return value !== undefined && describe(value).includes(text);
}
