/** What wakes somebody once, whatever number of alarms one cause sets off. */
export interface Incident {
  /** Id of the composite alarm, and of its runbook. */
  readonly id: string;
  readonly says: string;
  /** Concerns whose pages belong to it. */
  readonly concerns: readonly string[];
  /** Incidents that explain it: while one of them is on, this one is not told. */
  readonly explainedBy: readonly string[];
  /** Whether it waits for a deployment to end, where the environment wants that. */
  readonly deploymentExplains: boolean;
}

/**
 * From the deepest cause to what users notice. A database that is away makes tasks fail and users unhappy: that is one
 * page, about the database (docs/decisions/0068).
 */
export const INCIDENTS: readonly Incident[] = [
  {
    id: 'data-incident',
    says: 'The database, its pool or the cache cannot do its work',
    concerns: ['database', 'pool', 'cache'],
    explainedBy: [],
    deploymentExplains: false,
  },
  {
    id: 'service-incident',
    says: 'Tasks are missing, or the load balancer cannot reach them',
    concerns: ['load-balancer', 'service'],
    explainedBy: ['data-incident'],
    deploymentExplains: true,
  },
  {
    id: 'users-affected',
    says: 'Users see errors or wait too long',
    concerns: ['objectives', 'apis', 'edge', 'canary'],
    explainedBy: ['data-incident', 'service-incident'],
    deploymentExplains: false,
  },
];
