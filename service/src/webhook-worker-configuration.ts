import { type DataConfiguration, dataProblems, dataRows } from './data-configuration';
import { type Rows, readEnvironment } from './environment';
import { type LoggingConfiguration, loggingRows } from './logging-configuration';
import { webhookKeyProblems } from './webhook-keys';

/** Settings of the process that delivers webhooks. */
export interface WebhookWorkerConfiguration extends DataConfiguration, LoggingConfiguration {
  readonly metricsNamespace: string;
  readonly webhookKeys: string;
  /** Subscribers served at the same time. */
  readonly webhookConcurrency: number;
  /** Time that a receiver has to answer. */
  readonly webhookTimeoutSeconds: number;
  /** Messages that one destination (scheme, host, port) gets in a second. */
  readonly webhooksPerSecond: number;
}

const rows: Rows<WebhookWorkerConfiguration> = {
  ...dataRows,
  ...loggingRows,
  metricsNamespace: { variable: 'METRICS_NAMESPACE', kind: 'text', default: 'Headroom/Service' },
  webhookKeys: {
    variable: 'WEBHOOK_KEYS',
    kind: 'required',
    what: 'the base64 of 32 bytes, or several separated by commas; the first one encrypts',
  },
  webhookConcurrency: { variable: 'WEBHOOK_CONCURRENCY', kind: 'integer', min: 8, max: 1000, default: 64 },
  webhookTimeoutSeconds: { variable: 'WEBHOOK_TIMEOUT_SECONDS', kind: 'integer', min: 1, max: 30, default: 10 },
  webhooksPerSecond: { variable: 'WEBHOOKS_PER_SECOND', kind: 'integer', min: 1, max: 1000, default: 20 },
};

/** @throws InvalidEnvironmentError naming every variable that is wrong */
export function readWebhookWorkerConfiguration(environment: NodeJS.ProcessEnv): WebhookWorkerConfiguration {
  return readEnvironment(environment, rows, (settings) => [
    ...dataProblems(settings),
    ...webhookKeyProblems(settings.webhookKeys),
  ]);
}
