import { createDatabase } from '../../runtime/database';
import { MetricsAggregator, reportProcess } from '../../runtime/telemetry';
import {
  createSender,
  DeliveryQueue,
  Dispatcher,
  evenPace,
  publicDestinations,
  startWebhookWorker,
} from '../../runtime/webhooks';
import { credentials } from './database-credentials';
import { atMostEvery, createLogger } from './logging';
import { EXIT, runProgram } from './run-program';
import { secretBox } from './webhook-keys';
import { readWebhookWorkerConfiguration, type WebhookWorkerConfiguration } from './webhook-worker-configuration';

/** A lease outlives an attempt by this, so that a slow statement does not cost it. */
const LEASE_RESERVE_SECONDS = 20;

/** Delivers webhooks until it is told to leave; then it finishes the attempts under way. */
async function main(): Promise<number> {
  const configuration = readWebhookWorkerConfiguration(process.env);
  const logger = createLogger(configuration);
  const metrics = new MetricsAggregator({ namespace: configuration.metricsNamespace, labels: { worker: 'webhooks' } });
  reportProcess(metrics);
  const { databaseHost: host, databasePort: port, databasePoolMax: max } = configuration;
  const database = createDatabase({
    credentials: credentials(configuration),
    primary: { name: 'primary', host, port },
    pool: { max, acquireTimeoutMillis: 10_000 },
    metrics,
  });
  const onError = atMostEvery(1_000, (err: unknown, leftOut) => logger.error({ err, leftOut }, 'webhooks'));
  const queue = new DeliveryQueue(database, (configuration.webhookTimeoutSeconds + LEASE_RESERVE_SECONDS) * 1000);
  const { dispatcher, close } = createDispatcher(configuration, { queue, metrics, onError });
  const worker = startWebhookWorker({ dispatcher, queue, onError, metrics });
  logger.info('delivering');
  await signalled();
  logger.info('stopping');
  await worker.stop();
  close();
  await database.close();
  metrics.close();
  return EXIT.fine;
}

function createDispatcher(
  { webhookConcurrency, webhookTimeoutSeconds, webhooksPerSecond, webhookKeys }: WebhookWorkerConfiguration,
  given: { queue: DeliveryQueue; metrics: MetricsAggregator; onError: (error: unknown) => void },
): { dispatcher: Dispatcher; close: () => void } {
  const sender = createSender({ policy: publicDestinations, timeoutMillis: webhookTimeoutSeconds * 1000 });
  const dispatcher = new Dispatcher({
    ...given,
    sender,
    secrets: secretBox(webhookKeys),
    concurrency: webhookConcurrency,
    pace: evenPace(webhooksPerSecond, webhooksPerSecond),
  });
  return { dispatcher, close: () => sender.close() };
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

runProgram(main);
