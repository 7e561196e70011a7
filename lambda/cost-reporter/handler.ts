import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CostExplorerClient, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { PRICE_BOOK } from '../../analysis/cost/prices/price-book';
import { report } from './report';
import { assertReport } from './report-event';

const region = process.env['AWS_REGION'] ?? 'us-east-1';
/** CloudFront and its web ACL report to us-east-1, wherever the platform is. */
const clients = new Map<string, CloudWatchClient>();
// Cost Explorer has one endpoint.
const costExplorer = new CostExplorerClient({ region: 'us-east-1', maxAttempts: 5 });

function cloudWatchIn(name: string): CloudWatchClient {
  const client = clients.get(name) ?? new CloudWatchClient({ region: name, maxAttempts: 5 });
  clients.set(name, client);
  return client;
}

/** Runs hourly for the model and daily for the bill; metrics leave as log lines. */
export async function handler(event: { readonly report?: unknown }): Promise<{ readonly samples: number }> {
  assertReport(event);
  const samples = await report(event, {
    getMetricData: (name, input) => cloudWatchIn(name ?? region).send(new GetMetricDataCommand(input)),
    getCostAndUsage: (input) => costExplorer.send(new GetCostAndUsageCommand(input)),
    prices: PRICE_BOOK,
    region,
    now: () => new Date(),
    write: (line) => process.stdout.write(`${line}\n`),
  });
  return { samples: samples.length };
}
