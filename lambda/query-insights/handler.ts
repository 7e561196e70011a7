import { S3Client } from '@aws-sdk/client-s3';
import { requireEnv } from '../shared/env';
import { bucketStore } from '../shared/object-store';
import { type ScheduledEvent, scheduledTime } from '../shared/scheduled-event';
import { readInsightsConfiguration } from './configuration';
import { runInsights } from './run-insights';
import { connectServers } from './servers';

const bucket = requireEnv('REPORT_BUCKET');
const metricsNamespace = requireEnv('METRICS_NAMESPACE');
const configuration = readInsightsConfiguration(process.env);
const store = bucketStore(new S3Client({ maxAttempts: 5 }), bucket, 'query-insights');

/** Runs every five minutes; metrics leave as log lines, the report and what is remembered are in the bucket. */
export async function handler(event: ScheduledEvent): Promise<{ readonly findings: number }> {
  const servers = await connectServers(configuration);
  try {
    const report = await runInsights(scheduledTime(event), {
      servers,
      store,
      settings: configuration,
      metricsNamespace,
      write: (line) => process.stdout.write(`${line}\n`),
    });
    return { findings: report?.findings.length ?? 0 };
  } finally {
    await servers.close();
  }
}
