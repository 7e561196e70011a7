import type { MissingInMath } from '../alarms/metric-math-functions';
import type { ScaleInModel } from '../scaling/target-tracking';

/** A number that AWS does not document, with the range the sensitivity report tries. */
interface NumberParameter {
  readonly unit: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** What the value rests on. */
  readonly evidence: string;
}

/** A rule that AWS does not document, with the readings the sensitivity report tries. */
interface ChoiceParameter<T extends string | boolean> {
  readonly value: T;
  readonly others: readonly T[];
  readonly evidence: string;
}

function choice<T extends string | boolean>(value: T, others: readonly T[], evidence: string): ChoiceParameter<T> {
  return { value, others, evidence };
}

/** A number that AWS does not document. */
export function number(value: number, low: number, high: number, unit: string, evidence: string): NumberParameter {
  return { unit, value, low, high, evidence };
}

/** Everything the rehearsal had to assume about AWS, in one place. */
const UNDOCUMENTED = {
  ecsMetricDelay: number(120, 30, 180, 's', 'what is left of the 363 s AWS measured (containers-roadmap#2113)'),
  ecsHighResolutionDelay: number(11, 5, 25, 's', 'what is left of the 86 s AWS measured (containers-roadmap#2113)'),
  albMetricDelay: number(60, 30, 150, 's', 're:Post QU3sXoMuWFRTiBI-EX7H2LCA: minutes late on sparse metrics'),
  rdsMetricDelay: number(60, 30, 150, 's', 'no source; as the load balancer'),
  evaluationRangeExtra: number(2, 1, 4, 'datapoints', 'the documentation fetches 5 for N = 3'),
  fastTrackerHighDatapoints: number(3, 2, 9, 'datapoints', 'with 3 the 86 s AWS measured come out; 9 are 3 minutes'),
  fastTrackerLowDatapoints: number(15, 9, 45, 'datapoints', 'no source; as on one-minute metrics, or as long'),
  launch: number(12, 6, 25, 's', 'AWS measured 23 s from decision to running (containers-roadmap#2113)'),
  imagePull: number(16, 8, 32, 'MiB/s', '900 MB take about 70 s (containers-roadmap#696)'),
  launchSpread: number(0.25, 0.1, 0.5, 'σ of ln', 'spread of the reported start times'),
  readerCreation: number(360, 180, 720, 's', '"a few minutes" in users\' reports'),
  serverlessGrowth: number(
    0.1,
    0.03,
    0.3,
    'share per second',
    'no source; AWS publishes steps of 0.5 ACU, not their speed',
  ),
  serverlessDelay: number(5, 0, 30, 's', 'no source'),
  serverlessShrinkSlowdown: number(10, 3, 30, 'times', 'no source; operators see it shrink over minutes'),
  vcpuPerAcu: number(
    0.25,
    0.2,
    0.5,
    'vCPU',
    'an ACU is about 2 GiB, an instance of the r class has 8 GiB for each vCPU',
  ),
  scaleInModel: choice<ScaleInModel>(
    'proportional',
    ['one-at-a-time', 'at-most-10-percent'],
    'the documentation says "more gradually"',
  ),
  stepMetricWindow: choice<'evaluation-periods' | 'latest'>(
    'evaluation-periods',
    ['latest'],
    'the documentation says "most recent datapoints"',
  ),
  trackingMetricWindow: choice<'latest' | 'evaluation-periods'>(
    'latest',
    ['evaluation-periods'],
    'the documentation does not say which datapoint capacity is computed from',
  ),
  trackingCooldownBase: choice<'before-it' | 'running'>(
    'before-it',
    ['running'],
    'the documentation counts "capacity added by the initiating scale-out" for every policy type alike',
  ),
  missingInMath: choice<MissingInMath>(
    'zero',
    ['missing'],
    'the documentation and compiler-explorer/infra#1661 say zero, others report a gap',
  ),
  requestCountZeros: choice(
    false,
    [true],
    'the Application Auto Scaling guide says idle targets report 0, the load balancing guide says nothing is reported',
  ),
  healthChecksWaitInQueue: choice(
    true,
    [false],
    'a Node process answers its health check on the thread that serves requests',
  ),
  scaleInVictim: choice<'newest' | 'oldest'>('newest', ['oldest'], 'ECS balances zones and says no more'),
} as const;

type ParameterName = keyof typeof UNDOCUMENTED;

type Widened<T> = T extends number ? number : T;

/** One value for each undocumented parameter. */
export type Parameters = {
  readonly [Name in ParameterName]: Widened<
    (typeof UNDOCUMENTED)[Name] extends ChoiceParameter<infer Choice> ? Choice : number
  >;
};

/** The values the evidence suggests. */
export const DEFAULT_PARAMETERS: Parameters = {
  ecsMetricDelay: UNDOCUMENTED.ecsMetricDelay.value,
  ecsHighResolutionDelay: UNDOCUMENTED.ecsHighResolutionDelay.value,
  albMetricDelay: UNDOCUMENTED.albMetricDelay.value,
  rdsMetricDelay: UNDOCUMENTED.rdsMetricDelay.value,
  evaluationRangeExtra: UNDOCUMENTED.evaluationRangeExtra.value,
  fastTrackerHighDatapoints: UNDOCUMENTED.fastTrackerHighDatapoints.value,
  fastTrackerLowDatapoints: UNDOCUMENTED.fastTrackerLowDatapoints.value,
  launch: UNDOCUMENTED.launch.value,
  imagePull: UNDOCUMENTED.imagePull.value,
  launchSpread: UNDOCUMENTED.launchSpread.value,
  readerCreation: UNDOCUMENTED.readerCreation.value,
  serverlessGrowth: UNDOCUMENTED.serverlessGrowth.value,
  serverlessDelay: UNDOCUMENTED.serverlessDelay.value,
  serverlessShrinkSlowdown: UNDOCUMENTED.serverlessShrinkSlowdown.value,
  vcpuPerAcu: UNDOCUMENTED.vcpuPerAcu.value,
  scaleInModel: UNDOCUMENTED.scaleInModel.value,
  stepMetricWindow: UNDOCUMENTED.stepMetricWindow.value,
  trackingMetricWindow: UNDOCUMENTED.trackingMetricWindow.value,
  trackingCooldownBase: UNDOCUMENTED.trackingCooldownBase.value,
  missingInMath: UNDOCUMENTED.missingInMath.value,
  requestCountZeros: UNDOCUMENTED.requestCountZeros.value,
  healthChecksWaitInQueue: UNDOCUMENTED.healthChecksWaitInQueue.value,
  scaleInVictim: UNDOCUMENTED.scaleInVictim.value,
};

/** Each parameter moved to each of its other values, one at a time. */
export function alternatives(): { readonly label: string; readonly parameters: Parameters }[] {
  return moved(UNDOCUMENTED, DEFAULT_PARAMETERS);
}

/** `defaults` with each row of `table` moved to each of its other values, one at a time. */
export function moved<T>(
  table: Readonly<Record<string, NumberParameter | ChoiceParameter<string | boolean>>>,
  defaults: T,
): { readonly label: string; readonly parameters: T }[] {
  return Object.entries(table).flatMap(([name, row]) => {
    const values = 'others' in row ? row.others : [row.low, row.high];
    return values.map((value) => ({
      label: `${name} = ${value}${'unit' in row ? ` ${row.unit}` : ''}`,
      parameters: { ...defaults, [name]: value },
    }));
  });
}
