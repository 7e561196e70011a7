import { DEFAULT_RETRY, jobHandler, sqsSource, startWorker, stopOnSignal } from '../../runtime/jobs';
import { readJobWorkerConfiguration } from './job-worker-configuration';
import { JOBS, jobHandlers } from './jobs/jobs';
import { createLogger } from './logging';
import { openDatabase } from './open-database';
import { EXIT, runProgram } from './run-program';

/** Does jobs until it is told to leave; then it finishes those under way and gives the others back. */
async function main(): Promise<number> {
  const configuration = readJobWorkerConfiguration(process.env);
  const logger = createLogger(configuration);
  const database = openDatabase(configuration);
  const worker = startWorker({
    source: sqsSource({ queueUrl: configuration.jobsQueueUrl, deadLetterUrl: configuration.jobsDeadLetterUrl }),
    handle: jobHandler(JOBS, jobHandlers(database)),
    onError: (err, doing) => logger.error({ err, doing }, 'job'),
    concurrency: configuration.jobsConcurrency,
    retry: { ...DEFAULT_RETRY, maxReceives: configuration.jobsMaxReceives },
    heartbeatSeconds: configuration.jobsHeartbeatSeconds,
    graceMillis: configuration.jobsGraceSeconds * 1000,
  });
  logger.info('working');
  logger.info(await stopOnSignal(worker), 'stopped');
  await database.close();
  return EXIT.fine;
}

runProgram(main);
