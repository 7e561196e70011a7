import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  type ServiceQuota,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import type { MeasuredRow, QuotaRow } from './advisor-event';

/** A quota as a row whose metric is AWS's own measurement of its use; `undefined` when AWS measures none. */
export type ReadQuota = (row: QuotaRow) => Promise<Omit<MeasuredRow, 'usable' | 'factor'> | undefined>;

/** Reads the quota that was granted, or AWS's default where the account never asked for another. */
export function quotaReader(client: Pick<ServiceQuotasClient, 'send'>): ReadQuota {
  return async ({ type, service, code, field }) => {
    const { Value: ceiling, UsageMetric: usage } = await quotaOf(client, { ServiceCode: service, QuotaCode: code });
    const { MetricNamespace, MetricName, MetricDimensions, MetricStatisticRecommendation } = usage ?? {};
    if (ceiling === undefined || MetricNamespace === undefined || MetricName === undefined) return undefined;
    return {
      type,
      metric: `${MetricNamespace} ${MetricName}`,
      dimensions: MetricDimensions ?? {},
      statistic: MetricStatisticRecommendation ?? 'Maximum',
      ceiling,
      unit: `of quota ${code}`,
      field,
    };
  };
}

async function quotaOf(
  client: Pick<ServiceQuotasClient, 'send'>,
  input: { readonly ServiceCode: string; readonly QuotaCode: string },
): Promise<ServiceQuota> {
  try {
    return (await client.send(new GetServiceQuotaCommand(input))).Quota ?? {};
  } catch (error) {
    if (!(error instanceof NoSuchResourceException)) throw error;
    return (await client.send(new GetAWSDefaultServiceQuotaCommand(input))).Quota ?? {};
  }
}
