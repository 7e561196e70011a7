import type { Duration } from 'aws-cdk-lib';
import { secondsInRange } from '../../shared/validation';

/** Every dashboard that there is beside the one for cost. */
export const DASHBOARD_NAMES = ['overview', 'scaling', 'database', 'cache', 'edge', 'capacity'] as const;

export type DashboardName = (typeof DASHBOARD_NAMES)[number];

/** What an environment decides about being watched. */
export interface ObservabilitySettings {
  /** Who is woken, or `'none'`: the topic is there, a pager is subscribed by hand. */
  readonly pageEmails: readonly string[] | 'none';

  /** Who reads tickets, or `'none'`. */
  readonly ticketEmails: readonly string[] | 'none';

  /**
   * Whether pages about tasks and their load balancer wait while a deployment is under way; what users notice pages
   * all the same. Needs Container Insights, which counts deployments.
   */
  readonly quietDuringDeployments: boolean;

  /** The dashboards that are made; each is billed by the month. */
  readonly dashboards: readonly DashboardName[];

  /** How often a canary walks through the site from outside, 1 minute to 1 hour, or `'none'`; billed by the run. */
  readonly canary: { readonly every: Duration } | 'none';

  /** Whether the objectives are registered with Application Signals too; billed by the signal. */
  readonly serviceLevelObjectives: 'application-signals' | 'none';
}

/** Problems with the settings by themselves. */
export function observabilityProblems({ canary }: ObservabilitySettings): string[] {
  return canary === 'none' ? [] : secondsInRange('canary.every', canary.every, 60, 3600);
}
