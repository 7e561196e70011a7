import type { ResourceUse, TooLittleData } from './resource-use';
import { median, type RobustLine, theilSen } from './statistics';

/** When growing use reaches what is usable of a resource. */
export interface Projection {
  readonly resource: ResourceUse;
  /** `compound` grows by a share of itself, `linear` by the same amount every day. */
  readonly growth: 'compound' | 'linear';
  /** Growth per 30 days: of a compound one as a share of itself, of a linear one as a share of the ceiling. */
  readonly perMonth: number;
  /** Share of the ceiling on the busiest weekday of the last week, by the trend. */
  readonly today: number;
  /** The expected day; absent when use does not grow, or not surely. */
  readonly reached?: ReachedDay;
  readonly days: number;
}

/** A day and what it is within, in 95 % of samples. */
export interface ReachedDay {
  readonly expected: Date;
  readonly earliest: Date;
  readonly latest: Date;
}

const DAY_MS = 86_400_000;
const WEEK = 7;
/** Four of each weekday: fewer cannot tell a busy Monday from growth. */
const LEAST_DAYS = 28;
/** Hours that a day must have to know its peak. */
const LEAST_HOURS = 20;
/** How much better the straight line must fit: a compound growth is met earlier, and assumed when nobody can tell. */
const CLEARLY = 0.98;
/** How much worse the other growth may fit and still be the true one, for what the day is within. */
const PLAUSIBLE = 1.5;
/** 97.5 % point of the normal distribution, times how much wider a median scatters than a mean. */
const MEDIAN_Z = 1.96 * 1.2533;
/** Nobody believes a date further away than this many times what was seen. */
const HORIZON = 3;
const DAYS_PER_MONTH = 30;

/**
 * Trend of the daily peaks, without what belongs to the weekday, and the day at which the busiest weekday reaches the
 * usable share. Both a compound and a linear growth are tried; lines are Theil–Sen's, so that single days may be wild.
 */
export function projectUse(resource: ResourceUse): Projection | TooLittleData {
  const peaks = dailyPeaks(resource);
  if (peaks.length < LEAST_DAYS) {
    return { tooLittle: `${peaks.length} whole days of ${resource.type} are known, ${LEAST_DAYS} are needed` };
  }
  const weekdays = weekdayFactors(peaks);
  const linear = trendOf(peaks, weekdays, LINEAR);
  const compound = trendOf(peaks, weekdays, COMPOUND);
  if (linear === undefined || compound === undefined) {
    return { tooLittle: `all peaks of ${resource.type} are of one day` };
  }
  const [chosen, other] = linear.error < CLEARLY * compound.error ? [linear, compound] : [compound, linear];
  const plausible: readonly [Trend, ...Trend[]] = other.error < PLAUSIBLE * chosen.error ? [chosen, other] : [chosen];
  return describe(resource, peaks, plausible, Math.max(...weekdays));
}

interface Peak {
  /** Days since the epoch. */
  readonly day: number;
  readonly value: number;
}

/** The highest hour of each whole day. A day without any use has no logarithm, and no trend is lost with it. */
function dailyPeaks({ points }: ResourceUse): readonly Peak[] {
  const days = new Map<number, number[]>();
  for (const { ms, value } of points) {
    const day = Math.floor(ms / DAY_MS);
    days.set(day, [...(days.get(day) ?? []), value]);
  }
  return [...days]
    .filter(([, values]) => values.length >= LEAST_HOURS)
    .map(([day, values]) => ({ day, value: Math.max(...values) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => a.day - b.day);
}

/** A way to grow: a scale on which it is a straight line. */
interface Growth {
  readonly name: Projection['growth'];
  to(value: number): number;
  from(value: number): number;
}

const LINEAR: Growth = { name: 'linear', to: (value) => value, from: (value) => value };
const COMPOUND: Growth = { name: 'compound', to: Math.log, from: Math.exp };

/** What each weekday is like against the trend, from the epoch's Thursday on; 1 is in the middle. */
function weekdayFactors(peaks: readonly Peak[]): readonly number[] {
  const rough = theilSen(
    peaks.map(({ day }) => day),
    peaks.map(({ value }) => Math.log(value)),
  );
  return Array.from({ length: WEEK }, (_, weekday) => {
    const rests = peaks
      .filter(({ day }) => day % WEEK === weekday)
      .map(({ day, value }) => Math.log(value) - (rough?.intercept ?? 0) - (rough?.slope ?? 0) * day);
    return rests.length === 0 ? 1 : Math.exp(median(rests));
  });
}

interface Trend {
  readonly growth: Growth;
  readonly line: RobustLine;
  /** Mean square distance from the nearest nine tenths of the peaks, as a share of each: wild days are not the line's. */
  readonly error: number;
}

const NEAREST = 0.9;

/** The trend of the peaks with the weekdays taken out. */
function trendOf(peaks: readonly Peak[], weekdays: readonly number[], growth: Growth): Trend | undefined {
  const even = peaks.map(({ day, value }) => value / (weekdays[day % WEEK] ?? 1));
  const line = theilSen(
    peaks.map(({ day }) => day),
    even.map((value) => growth.to(value)),
  );
  if (line === undefined) return undefined;
  const squares = peaks
    .map(({ day }, index) => (growth.from(line.intercept + line.slope * day) / (even[index] ?? 1) - 1) ** 2)
    .sort((a, b) => a - b)
    .slice(0, Math.ceil(NEAREST * peaks.length));
  return { growth, line, error: squares.reduce((sum, square) => sum + square, 0) / squares.length };
}

/** @param plausible ways to grow, the one that is believed in front */
function describe(
  resource: ResourceUse,
  peaks: readonly Peak[],
  plausible: readonly [Trend, ...Trend[]],
  busiest: number,
): Projection {
  const [{ growth, line, error }] = plausible;
  const last = peaks.at(-1)?.day ?? 0;
  const first = peaks[0]?.day ?? 0;
  const perMonth = line.slope * DAYS_PER_MONTH;
  const goal = resource.usable / busiest;
  const expected = dayOf(goal, line.slope, plausible[0]);
  // How far off the busiest weekday may be, of which there is one in each week.
  const margin = MEDIAN_Z * Math.sqrt((WEEK * error) / peaks.length);
  const earliest = plausible.map((trend) => dayOf(goal * (1 - margin), trend.line.slopeHigh, trend));
  const latest = plausible.map((trend) => dayOf(goal * (1 + margin), trend.line.slopeLow, trend));
  const reached = line.slopeLow > 0 && expected - last <= HORIZON * (last - first);
  return {
    resource,
    growth: growth.name,
    perMonth: growth === COMPOUND ? Math.exp(perMonth) - 1 : perMonth,
    today: growth.from(line.intercept + line.slope * last) * busiest,
    days: peaks.length,
    ...(reached && {
      reached: {
        expected: dateOf(expected),
        earliest: dateOf(Math.min(...earliest)),
        latest: dateOf(Math.max(...latest)),
      },
    }),
  };
}

/** Day on which a trend of this slope is at `goal`; a slope that is wrong turns the line about its centre. */
function dayOf(goal: number, slope: number, { growth, line: { centre } }: Trend): number {
  return centre.x + (growth.to(goal) - centre.y) / slope;
}

const dateOf = (day: number): Date => new Date(day * DAY_MS);
