import type { Point, ResourceUse } from '../../../analysis/capacity/resource-use';
import { Random } from '../../../analysis/rehearsal/queueing/random';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** A Thursday, midnight UTC. */
export const START_MS = Date.parse('2026-08-20T00:00:00Z');

/** Uniform between two bounds. */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();

/** Roughly normal around 0 with standard deviation 1: twelve uniform numbers have the variance 1. */
export function normal(random: Random): number {
  return Array.from({ length: 12 }, () => random.uniform()).reduce((sum, value) => sum + value, -6);
}

export function resource(type: string, points: readonly Point[], changes: Partial<ResourceUse> = {}): ResourceUse {
  return { type, unit: 'percent', ceiling: 100, usable: 0.7, field: `field.of.${type}`, points, ...changes };
}

/** Requests per second of `days` days, with nights, weekends and noise. */
export function dailyLoad(random: Random, days: number, mean: number): readonly Point[] {
  return Array.from({ length: 24 * days }, (_, hour) => {
    const ofDay = 1 + 0.6 * Math.sin((2 * Math.PI * (hour - 9)) / 24);
    const ofWeek = Math.floor(hour / 24) % 7 === 2 ? 0.7 : 1;
    return { ms: START_MS + hour * HOUR_MS, value: mean * ofDay * ofWeek * (1 + 0.1 * normal(random)) };
  });
}

export interface GrowthCase {
  readonly use: ResourceUse;
  /** The last midnight that the series has, in milliseconds. */
  readonly endMs: number;
  /** When the busiest weekday reaches the usable share, by the parameters alone. */
  readonly reachedMs: number;
}

/** A series that grows in a known way: trend, weekday, time of the day, noise, wild days and days that are missing. */
export function growing(seed: number, kind: 'compound' | 'linear'): GrowthCase {
  const random = new Random(seed);
  const days = 180;
  const usable = 0.7;
  const start = between(random, 0.1, 0.3);
  const ahead = between(random, 20, 120);
  const busiest = between(random, 1.05, 1.3);
  const weekdays = Array.from({ length: 7 }, (_, day) => (day === 4 ? busiest : between(random, 0.6, 1)));
  // So that level(days + ahead) · busiest = usable.
  const goal = usable / busiest;
  const level = (day: number): number =>
    kind === 'compound'
      ? start * (goal / start) ** (day / (days + ahead))
      : start + (goal - start) * (day / (days + ahead));
  const points: Point[] = [];
  for (let day = 0; day < days; day++) {
    if (random.uniform() < 0.03) continue;
    const wild = random.uniform() < 0.02 ? between(random, 1.5, 2) : 1;
    const peak = level(day) * (weekdays[day % 7] ?? 1) * wild * (1 + 0.03 * normal(random));
    for (let hour = 0; hour < 24; hour++) {
      const ofDay = hour === 14 ? 1 : 0.5 + 0.4 * Math.sin((Math.PI * hour) / 24);
      points.push({ ms: START_MS + day * DAY_MS + hour * HOUR_MS, value: peak * ofDay });
    }
  }
  return {
    use: resource('service_cpu', points, { usable }),
    endMs: START_MS + days * DAY_MS,
    reachedMs: START_MS + (days + ahead) * DAY_MS,
  };
}
