import { requireEnv } from '../shared/env';
import { walkSite } from './walk-site';

const site = requireEnv('SITE_URL');

/** Runs in CloudWatch Synthetics; a run that throws has failed. */
export async function handler(): Promise<void> {
  await walkSite(site, fetch);
}
