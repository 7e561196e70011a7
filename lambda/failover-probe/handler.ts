import { requireEnv } from '../shared/env';
import { type ProbeResult, probeSite } from './probe-site';

const url = requireEnv('PROBE_URL');

/** Called by the failover program until the site is healthy. */
export function handler(): Promise<ProbeResult> {
  return probeSite({ url, times: 10, timeout: 2_000 });
}
