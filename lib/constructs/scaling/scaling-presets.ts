import { Duration } from 'aws-cdk-lib';
import type { ScaleInCondition, ScaleOutTrigger, ScalingPolicies } from './scaling-policies';

const FIVE_MINUTES = Duration.minutes(5);

/**
 * The owner's triggers, each for five minutes. One task is the base step; the further the breach, the larger the step,
 * because +1 every five minutes cannot follow a spike (docs/decisions/0045).
 */
const REQUIRED_OUT = [
  {
    metric: 'cpuPercent',
    above: 70,
    minutes: 5,
    steps: [
      { from: 70, add: 1 },
      { from: 85, add: 2 },
    ],
    cooldown: FIVE_MINUTES,
  },
  { metric: 'memoryPercent', above: 80, minutes: 5, steps: [{ from: 80, add: 1 }], cooldown: FIVE_MINUTES },
  {
    metric: 'capacityPercent',
    above: 80,
    minutes: 5,
    steps: [
      { from: 80, add: 1 },
      { from: 100, add: 2 },
      { from: 150, add: 4 },
    ],
    cooldown: FIVE_MINUTES,
  },
  {
    metric: 'p95Millis',
    above: 300,
    minutes: 5,
    steps: [
      { from: 300, add: 1 },
      { from: 1000, add: 3 },
    ],
    cooldown: FIVE_MINUTES,
  },
] as const satisfies readonly ScaleOutTrigger[];

const REQUIRED_IN = {
  cpuPercentBelow: 30,
  memoryPercentBelow: 50,
  capacityPercentBelow: 40,
  p95MillisBelow: 100,
  minutes: 10,
  remove: { tasks: 1 },
  cooldown: FIVE_MINUTES,
} as const satisfies ScaleInCondition;

/** Named answers to "which traffic do you have?"; `docs/scaling.md` says which is for which. */
export const SCALING_PRESETS = {
  /** The required triggers and nothing else: for load that changes over tens of minutes. */
  required: { out: REQUIRED_OUT, in: REQUIRED_IN, trackers: [], bursts: [], schedules: [], predictive: 'none' },

  /**
   * The required triggers with a fast lane in front and a reserve behind: for spikes, and for anything that users wait for.
   * The fleet can take five times its load at once, the spike that the owner asks for (docs/decisions/0091).
   */
  responsive: {
    out: REQUIRED_OUT,
    in: { ...REQUIRED_IN, reserve: 7.5, remove: { percent: 10 } },
    trackers: [
      { metric: 'cpuPercent', target: 50, cooldown: Duration.seconds(30) },
      { metric: 'memoryPercent', target: 80, cooldown: Duration.seconds(60) },
      // Its minutes come a minute late: a shorter pause would count the same load again before the new tasks show in it.
      { metric: 'capacityPercent', target: 20, cooldown: Duration.minutes(3) },
    ],
    bursts: [
      {
        metric: 'cpuPercent',
        above: 65,
        datapoints: 1,
        addPercent: 50,
        addAtLeast: 3,
        cooldown: Duration.seconds(60),
      },
    ],
    schedules: [],
    predictive: { mode: 'ForecastOnly', metric: 'cpuPercent', target: 60, lead: FIVE_MINUTES },
  },

  /** Fewer tasks at higher utilisation, removed sooner: for load that may wait, and for what nobody is paged for. */
  frugal: {
    out: REQUIRED_OUT,
    in: {
      ...REQUIRED_IN,
      cpuPercentBelow: 45,
      memoryPercentBelow: 65,
      capacityPercentBelow: 50,
      p95MillisBelow: 250,
    },
    trackers: [{ metric: 'cpuPercent', target: 70, cooldown: Duration.seconds(30) }],
    bursts: [],
    schedules: [],
    predictive: 'none',
  },
} as const satisfies Record<string, ScalingPolicies>;
