import { type DataConfiguration, dataProblems, dataRows } from './data-configuration';
import { type Rows, readEnvironment } from './environment';
import { type LoggingConfiguration, loggingRows } from './logging-configuration';

/** Settings of the process that does jobs. */
export interface JobWorkerConfiguration extends DataConfiguration, LoggingConfiguration {
  readonly jobsQueueUrl: string;
  readonly jobsDeadLetterUrl: string;
  /** Deliveries of a job before it is given up. */
  readonly jobsMaxReceives: number;
  /** Jobs done at the same time. */
  readonly jobsConcurrency: number;
  /** How long jobs under way may go on after SIGTERM; together with the queue's wait shorter than the task's stop time-out. */
  readonly jobsGraceSeconds: number;
  /** How long a job is kept from others after its worker died. */
  readonly jobsHeartbeatSeconds: number;
}

const rows: Rows<JobWorkerConfiguration> = {
  ...dataRows,
  ...loggingRows,
  jobsQueueUrl: { variable: 'JOBS_QUEUE_URL', kind: 'required', what: 'the URL of the queue' },
  jobsDeadLetterUrl: {
    variable: 'JOBS_DEAD_LETTER_URL',
    kind: 'required',
    what: 'the URL of the queue for jobs that were given up',
  },
  jobsMaxReceives: { variable: 'JOBS_MAX_RECEIVES', kind: 'integer', min: 1, max: 1000, default: 5 },
  jobsConcurrency: { variable: 'JOBS_CONCURRENCY', kind: 'integer', min: 1, max: 1000, default: 4 },
  jobsGraceSeconds: { variable: 'JOBS_GRACE_SECONDS', kind: 'integer', min: 0, max: 110, default: 100 },
  jobsHeartbeatSeconds: { variable: 'JOBS_HEARTBEAT_SECONDS', kind: 'integer', min: 3, max: 43_200, default: 60 },
};

/** @throws InvalidEnvironmentError naming every variable that is wrong */
export function readJobWorkerConfiguration(environment: NodeJS.ProcessEnv): JobWorkerConfiguration {
  return readEnvironment(environment, rows, dataProblems);
}
