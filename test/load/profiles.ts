import type { Stage } from './arrivals';

/** What a profile is measured in: today's traffic and the users that the objectives name. */
export interface Basis {
  /** Mean requests per second today. */
  readonly requestsPerSecond: number;
  readonly concurrentUsers: number;
  readonly stressUsers: number;
  readonly spikeFactor: number;
  readonly growthFactor: number;
}

/** A load test as data. A user is a kept-alive connection that asks once per second. */
export interface LoadProfile {
  readonly name: string;
  readonly description: string;
  stages(basis: Basis): readonly Stage[];
  /** Connections that are kept open. */
  connections(basis: Basis): number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const steady = (seconds: number, rate: number): Stage => ({ seconds, from: rate, to: rate });

/** Every profile, by the requirement that asks for it. Durations are those of the real test; `--minutes` shortens them. */
export const profiles: readonly LoadProfile[] = [
  {
    name: 'users',
    description: 'the concurrent users of the objectives, each asking once per second, for 10 minutes',
    stages: ({ concurrentUsers }) => [steady(10 * MINUTE, concurrentUsers)],
    connections: ({ concurrentUsers }) => concurrentUsers,
  },
  {
    name: 'stress',
    description: 'up to the stress users of the objectives in 5 minutes, held for 10, and back',
    stages: ({ concurrentUsers, stressUsers }) => [
      { seconds: 5 * MINUTE, from: concurrentUsers, to: stressUsers },
      steady(10 * MINUTE, stressUsers),
      { seconds: 5 * MINUTE, from: stressUsers, to: concurrentUsers },
    ],
    connections: ({ stressUsers }) => stressUsers,
  },
  {
    name: 'endurance',
    description: "today's load for 24 hours: what grows slowly shows",
    stages: ({ requestsPerSecond }) => [steady(24 * HOUR, requestsPerSecond)],
    connections: () => 100,
  },
  {
    name: 'spike',
    description: "today's load, within 10 seconds its spike factor for 5 minutes, and back",
    stages: ({ requestsPerSecond: rate, spikeFactor }) => [
      steady(2 * MINUTE, rate),
      { seconds: 10, from: rate, to: rate * spikeFactor },
      steady(5 * MINUTE, rate * spikeFactor),
      { seconds: 10, from: rate * spikeFactor, to: rate },
      steady(3 * MINUTE, rate),
    ],
    connections: () => 500,
  },
  {
    name: 'volume',
    description: '100,000 requests in one hour, evenly',
    stages: () => [steady(HOUR, 100_000 / HOUR)],
    connections: () => 100,
  },
  {
    name: 'ten-times',
    description: "growth: the growth factor of today's load for 15 minutes",
    stages: ({ requestsPerSecond: rate, growthFactor }) => [
      { seconds: 5 * MINUTE, from: rate, to: rate * growthFactor },
      steady(15 * MINUTE, rate * growthFactor),
    ],
    connections: () => 500,
  },
];

/** The same shape in less time. */
export function within(stages: readonly Stage[], seconds: number): readonly Stage[] {
  const total = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  return stages.map((stage) => ({ ...stage, seconds: (stage.seconds * seconds) / total }));
}
