import { readInvalidationSettings } from '../../lambda/cache-invalidator/invalidation-settings';
import { PAUSE_MILLIS } from '../../lambda/outbox-relay/pace';
import { ENVIRONMENTS, type PlatformConfig } from '../../lib/config';
import { AFTER_A_CRASH } from '../../lib/constructs/cache-warming/cache-invalidator';
import { type Blocks, markdownTable } from './generated-blocks';

/** The tables of `docs/caching.md`, from the code that is deployed. */
export function cachingGuideBlocks(): Blocks {
  return { staleness: markdownTable(HEADER, ENVIRONMENTS.map(stalenessRow)) };
}

const HEADER = [
  'Environment',
  'the event leaves',
  'memory and Valkey, by the event alone',
  'an edge',
  'if an execution died',
];

const RELAY_STARTS_EVERY_MILLIS = 60_000;

/** The longest that settings make a change wait. */
function stalenessRow({ name, background, cacheUpkeep }: PlatformConfig): string[] {
  const { settleMs } = readInvalidationSettings({});
  const gap = Math.max(0, RELAY_STARTS_EVERY_MILLIS - background.relay.toMilliseconds());
  const leaves = gap + PAUSE_MILLIS;
  const edge = leaves + settleMs + cacheUpkeep.purging.window.toMilliseconds();
  const { visibility, schedule } = AFTER_A_CRASH;
  const again = Math.max(visibility.toMilliseconds(), schedule.toMilliseconds());
  return [name, shown(leaves), shown(leaves), shown(edge), `${shown(again)} more`];
}

const shown = (milliseconds: number): string => `${milliseconds / 1_000} s`;
