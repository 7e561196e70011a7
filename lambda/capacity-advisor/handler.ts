import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { PRICE_BOOK } from '../../analysis/cost/prices/price-book';
import { requireEnv } from '../shared/env';
import { bucketStore } from '../shared/object-store';
import type { AdvisorEvent } from './advisor-event';
import { quotaReader } from './quotas';
import { type AdvisorDependencies, runAdvisor } from './run-advisor';

const options = { maxAttempts: 5 };
const cloudWatch = new CloudWatchClient(options);

const deps: AdvisorDependencies = {
  getMetricData: (_, input) => cloudWatch.send(new GetMetricDataCommand(input)),
  readQuota: quotaReader(new ServiceQuotasClient(options)),
  events: new EventBridgeClient(options),
  bus: requireEnv('EVENT_BUS'),
  store: bucketStore(new S3Client(options), requireEnv('REPORT_BUCKET'), 'capacity-advisor'),
  prices: PRICE_BOOK,
  region: requireEnv('AWS_REGION'),
  metricsNamespace: requireEnv('METRICS_NAMESPACE'),
  write: (line) => process.stdout.write(`${line}\n`),
};

/** Runs once a day; recommendations go to the bus, the report to the bucket, metrics leave as log lines. */
export async function handler(event: AdvisorEvent): Promise<{ readonly recommendations: number }> {
  const { recommendations } = await runAdvisor(event, deps);
  return { recommendations: recommendations.length };
}
