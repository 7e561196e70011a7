import { setTimeout as pause } from 'node:timers/promises';
import {
  type CloudFrontClient,
  CloudFrontServiceException,
  CreateInvalidationCommand,
  GetInvalidationCommand,
} from '@aws-sdk/client-cloudfront';
import type { PurgeAnswer } from './flush-purges';
import type { PurgeBatch } from './purge-store';

export interface DistributionOptions {
  readonly client: Pick<CloudFrontClient, 'send'>;
  readonly distributionId: string;
}

/** Mistakes in the request itself; everything else may pass. */
const WRONG = new Set(['InvalidArgument', 'BatchTooLarge', 'InconsistentQuantities', 'InvalidationBatchAlreadyExists']);
const POLL_MS = 250;

/** Sends a batch. What is not known to have arrived counts as refused: sent again it is still the same request. */
export async function purgeDistribution(
  { client, distributionId: DistributionId }: DistributionOptions,
  { reference, paths }: PurgeBatch,
): Promise<PurgeAnswer> {
  const InvalidationBatch = {
    CallerReference: reference,
    Paths: { Quantity: paths.length, Items: [...paths] },
  };
  try {
    const { Invalidation } = await client.send(new CreateInvalidationCommand({ DistributionId, InvalidationBatch }));
    return { outcome: 'accepted', id: Invalidation?.Id ?? '' };
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const wrong = error instanceof CloudFrontServiceException && WRONG.has(error.name);
    return { outcome: wrong ? 'wrong' : 'refused', reason };
  }
}

/** Whether every edge has forgotten it, within `boundMs`. */
export async function confirmPurge(
  { client, distributionId: DistributionId }: DistributionOptions,
  id: string,
  boundMs: number,
): Promise<boolean> {
  const giveUpAt = performance.now() + boundMs;
  while (performance.now() < giveUpAt) {
    const found = await client.send(new GetInvalidationCommand({ DistributionId, Id: id })).catch(() => undefined);
    if (found?.Invalidation?.Status === 'Completed') return true;
    await pause(POLL_MS);
  }
  return false;
}
