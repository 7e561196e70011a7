import type {
  BurstTrigger,
  PredictiveScaling,
  ScaleInCondition,
  ScaleOutStep,
  ScaleOutTrigger,
  Tracker,
} from '../../constructs/scaling/scaling-policies';
import type { ScheduledMinimum } from '../../constructs/scaling/scheduled-minimum';
import { either, integer, list, must, noneOr, number, oneOf, optional, shape } from '../checks';
import type { ScalingConfig } from '../platform-config';
import { anyText, seconds } from './values';

const scaleOutTrigger = shape<ScaleOutTrigger>({
  metric: oneOf('cpuPercent', 'memoryPercent', 'capacityPercent', 'p95Millis'),
  above: number(0, 1e6),
  minutes: integer(1, 100_000),
  steps: list(shape<ScaleOutStep>({ from: number(0, 1e6), add: integer(1, 1000) }), 1, 20),
  cooldown: seconds(0, 86_400),
});

const cron = must('be a cron object such as { hour: "7", weekDay: "MON-FRI" }', (value) => typeof value === 'object');

/** Higher minimums for a part of the day. */
export const schedules = list(
  shape<ScheduledMinimum>({
    id: anyText,
    from: cron,
    until: cron,
    timeZone: anyText,
    minimum: integer(1, 5000),
  }),
  0,
  100,
);

/** Single values only; what they mean together is in `policyProblems`. */
export const scaling = shape<ScalingConfig>({
  out: list(scaleOutTrigger, 1, 4),
  in: shape<ScaleInCondition>({
    cpuPercentBelow: number(0, 100),
    memoryPercentBelow: number(0, 100),
    capacityPercentBelow: number(0, 1e6),
    p95MillisBelow: number(0, 1e6),
    reserve: optional(number(1, 100)),
    minutes: integer(1, 100_000),
    remove: either(
      shape<{ tasks: number }>({ tasks: integer(1, 1000) }),
      shape<{ percent: number }>({ percent: number(1, 50) }),
    ),
    cooldown: seconds(0, 86_400),
  }),
  trackers: list(
    shape<Tracker>({
      metric: oneOf('cpuPercent', 'memoryPercent', 'capacityPercent'),
      target: number(0, 1e6),
      cooldown: seconds(0, 86_400),
    }),
    0,
    3,
  ),
  bursts: list(
    shape<BurstTrigger>({
      metric: oneOf('cpuPercent', 'memoryPercent'),
      above: number(0, 100),
      datapoints: integer(1, 1000),
      addPercent: number(1, 1000),
      addAtLeast: integer(1, 1000),
      cooldown: seconds(0, 86_400),
    }),
    0,
    2,
  ),
  schedules,
  predictive: noneOr(
    shape<PredictiveScaling>({
      mode: oneOf('ForecastOnly', 'ForecastAndScale'),
      metric: oneOf('cpuPercent', 'memoryPercent'),
      target: number(0, 100),
      lead: seconds(0, 86_400),
    }),
  ),
  capacityPerTask: number(0.1, 1e6),
  // The owner's limit for an idle task is 512 MB.
  baselineMemoryMiB: number(1, 511),
});
