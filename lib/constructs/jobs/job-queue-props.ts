import type { Duration } from 'aws-cdk-lib';

export interface JobQueueProps {
  /** Longest that the work of one job takes. */
  readonly jobTimeout: Duration;

  /**
   * How long a job is kept from others after it was handed out.
   *
   * @default - six times `jobTimeout`, so that a throttled function can be tried again meanwhile
   */
  readonly visibilityTimeout?: Duration;

  /**
   * Whether jobs of a group are done in their order and one of an id is taken once in five minutes; at a tenth of the
   * throughput, and without delays of single jobs.
   *
   * @default false
   */
  readonly fifo?: boolean;

  /**
   * How often a job is handed out before it goes to the dead letters.
   *
   * @default 5
   */
  readonly maxReceives?: number;

  /**
   * How long a job waits at most.
   *
   * @default Duration.days(4)
   */
  readonly retention?: Duration;

  /**
   * How long a dead letter is kept, from when the job was sent on.
   *
   * @default Duration.days(14)
   */
  readonly deadLetterRetention?: Duration;
}
