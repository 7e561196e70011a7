import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** How fast an error budget is used up, over which windows that is judged, and what it leads to. */
export interface BurnRate {
  readonly name: 'fast' | 'steady' | 'slow' | 'creeping';
  /** Multiple of the rate that uses the budget up exactly at the end of its four weeks. */
  readonly burn: number;
  /** Long enough to be significant. */
  readonly long: Duration;
  /** Short enough to end soon after the errors do: a twelfth of the long one. */
  readonly short: Duration;
  readonly severity: 'page' | 'ticket';
}

/**
 * Windows and rates of the Site Reliability Workbook, chapter "Alerting on SLOs", table 5-8, whose fourth row it
 * discusses as an option: 2 %, 5 %, 10 % and 10 % of the budget are gone when they alarm.
 *
 * @see https://sre.google/workbook/alerting-on-slos/
 */
export const BURN_RATES: readonly BurnRate[] = [
  { name: 'fast', burn: 14.4, long: Duration.hours(1), short: Duration.minutes(5), severity: 'page' },
  { name: 'steady', burn: 6, long: Duration.hours(6), short: Duration.minutes(30), severity: 'page' },
  { name: 'slow', burn: 3, long: Duration.days(1), short: Duration.hours(2), severity: 'ticket' },
  { name: 'creeping', burn: 1, long: Duration.days(3), short: Duration.hours(6), severity: 'ticket' },
];

/** A share of requests that must be good, and how many are not. */
export interface Objective {
  /** Such as `availability`; names the runbook `<id>-budget`. */
  readonly id: string;
  /** What is said of requests that are not good, such as `fail`. */
  readonly verb: string;
  /** Share of good requests that is promised, between 0 and 1. */
  readonly goal: number;
  /**
   * Bad requests in percent over a window; 0 while there are fewer than `minRequests`, so that one unlucky request of a
   * quiet night is no rate.
   */
  readonly badPercent: (window: Duration, minRequests: number) => cloudwatch.IMetric;
}

/** A burn rate of an objective as alarms have it. */
export interface BurnAlert extends BurnRate {
  readonly id: string;
  readonly objective: Objective;
  /** Bad requests in percent from which on the budget burns this fast. */
  readonly thresholdPercent: number;
  /** So many that a single bad one stays below the threshold. */
  readonly minRequests: number;
}

/** The burn rates of `objective` that can be reached at all: a generous goal has none of the fast ones. */
export function burnAlerts(objective: Objective): BurnAlert[] {
  return BURN_RATES.map((rate) => {
    const thresholdPercent = Math.round(rate.burn * (1 - objective.goal) * 1e6) / 1e4;
    return {
      ...rate,
      id: `${objective.id}-burn-${rate.name}`,
      objective,
      thresholdPercent,
      minRequests: Math.ceil(100 / thresholdPercent),
    };
  }).filter(({ thresholdPercent }) => thresholdPercent < 100);
}

/** The fastest rate that the budget of `objective` can burn at; a goal of nothing has none. */
export function fastestBurn(objective: Objective): BurnAlert | undefined {
  return burnAlerts(objective)[0];
}
