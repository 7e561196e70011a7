import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { requireEnv } from '../shared/env';
import { bucketStore } from '../shared/object-store';
import { type ScheduledEvent, scheduledTime } from '../shared/scheduled-event';
import { type MonitorDependencies, monitorReplicas } from './monitor';

const logger = new Logger({ serviceName: 'replica-monitor' });
const cloudWatch = new CloudWatchClient({ maxAttempts: 5 });

const deps: MonitorDependencies = {
  rds: new RDSClient({ maxAttempts: 5 }),
  getMetricData: (_, input) => cloudWatch.send(new GetMetricDataCommand(input)),
  store: bucketStore(new S3Client({ maxAttempts: 5 }), requireEnv('REPORT_BUCKET'), 'replica-monitor'),
  region: requireEnv('AWS_REGION'),
  cluster: requireEnv('CLUSTER'),
  wanted: { min: Number(requireEnv('MIN_READERS')), max: Number(requireEnv('MAX_READERS')) },
  metricsNamespace: requireEnv('METRICS_NAMESPACE'),
  write: (line) => process.stdout.write(`${line}\n`),
  record: (message, entry) => logger.warn(message, { ...entry }),
};

/** Runs every five minutes; metrics leave as log lines. */
export async function handler(event: ScheduledEvent): Promise<{ readonly changes: number }> {
  const changes = await monitorReplicas(scheduledTime(event), deps);
  return { changes: changes.length };
}
