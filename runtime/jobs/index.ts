export {
  InvalidJobError,
  type Job,
  type JobDefinition,
  type JobDefinitions,
  type JobHandlers,
  jobHandler,
  type NewJob,
  newJob,
  parseJob,
} from './job';
export type { Message, MessageSource } from './message-source';
export { effectOnce, LeaseHeldError, leasedOnce, type Once } from './once';
export { DEFAULT_RETRY, PermanentJobError, type RetryPolicy } from './retry-policy';
export { type JobScheduler, type JobSchedulerOptions, jobScheduler } from './schedule-jobs';
export { type JobSenderOptions, JobsNotSentError, type JobToSend, jobSender, type SendJobs } from './send-jobs';
export { handleSqsBatch, type SqsBatchOptions, type SqsBatchResponse, type SqsEvent } from './sqs-batch';
export { type SqsSourceOptions, sqsSource } from './sqs-source';
export { stopOnSignal } from './stop-on-signal';
export { startWorker, type Worker, type WorkerOptions, type WorkerReport } from './worker';
