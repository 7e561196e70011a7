// A process that owns a data tier and is killed by data-tier.test.ts: prints what it started, then waits.
import { startDataTier } from './data-tier';

async function main(): Promise<void> {
  const tier = await startDataTier();
  const pids = [tier.primary, ...tier.replicas, tier.cache].map(({ pid }) => pid);
  process.stdout.write(`${JSON.stringify({ pids, folder: tier.folder })}\n`);
  setInterval(() => {}, 1_000);
}

main().catch((error: unknown) => {
  throw error;
});
