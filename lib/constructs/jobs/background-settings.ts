import type { Duration } from 'aws-cdk-lib';
import type { TaskSize } from '../container-service/hardened-task';

/** Jobs are done by a function that scales with the queue, and costs nothing without work. */
export interface FunctionProcessing {
  readonly kind: 'function';
  /** Batches done at the same time, 2 to 1,000; reserved for the function out of the account's pool. */
  readonly maxConcurrency: number;
}

/** Jobs are done by containers of the service's image: for jobs beyond 15 minutes, or enough of them to be cheaper. */
export interface WorkerProcessing extends TaskSize {
  readonly kind: 'workers';
  readonly minTasks: number;
  readonly maxTasks: number;
  /** Jobs that one worker does at the same time. */
  readonly concurrency: number;
  /** Longest that a job should wait. */
  readonly maxWait: Duration;
  /** Mean time of a job, measured. */
  readonly jobTime: Duration;
}

/** What an environment decides about its work in the background. */
export interface BackgroundSettings {
  /** How long every event is kept so that it can be replayed, or `'none'`. */
  readonly eventArchive: Duration | 'none';

  /**
   * How long the relay of events looks for new ones after each start, which is every minute: with 65 seconds an event is
   * out at once, with 0 within a minute, almost for nothing.
   */
  readonly relay: Duration;

  /** Longest that the work of one job takes. */
  readonly jobTimeout: Duration;

  /** Who does the jobs. */
  readonly processing: FunctionProcessing | WorkerProcessing;

  /** Days of visitors' events that the nightly count of what is popular looks at. */
  readonly popularityDays: number;
}
