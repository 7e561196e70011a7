export type { Message, MessageSource } from './message-source';
export { type SqsSourceOptions, sqsSource } from './sqs-source';
export { stopOnSignal } from './stop-on-signal';
export { startWorker, type Worker, type WorkerOptions, type WorkerReport } from './worker';
