import { createHash } from 'node:crypto';
import type { CacheClient } from './connection';

/** A Lua script and the digest under which the server keeps it. */
export interface Script {
  readonly source: string;
  readonly sha1: string;
}

export function script(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

/** Runs `script` by its digest; sends the source when the server does not have it yet, as after a restart. */
export async function run(
  client: CacheClient,
  { source, sha1 }: Script,
  keys: string[],
  args: (string | Buffer)[],
): Promise<unknown> {
  try {
    return await client.evalSha(sha1, { keys, arguments: args });
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(source, { keys, arguments: args });
  }
}

/**
 * Moves the namespace's clock (`KEYS[1]`) and says where it was. The clock is logical and never goes back: a failover
 * that loses the last writes loses some of its ticks too, and the server's time (µs, below 2^53 until 2255) makes up
 * for them.
 */
const TICK = `
local function tick()
  local time = redis.call('TIME')
  local previous = tonumber(redis.call('GET', KEYS[1]) or '0')
  local now = math.max(previous + 1, time[1] * 1000000 + time[2])
  redis.call('SET', KEYS[1], string.format('%.0f', now))
  return string.format('%.0f', previous), string.format('%.0f', now)
end
`;

/** A tag that is gone makes its entries miss, so that eviction of a tag can never revive what it had invalidated. */
const KEEP_TAGS = `
local function keepTags(from, clock, ttl)
  for i = from, #KEYS do
    if redis.call('SET', KEYS[i], clock, 'NX', 'PX', ttl) == false then redis.call('PEXPIRE', KEYS[i], ttl) end
  end
end
`;

/**
 * One look at everything that a load needs: takes the key's lock if it is free, and reads the entry, the clock, and the
 * latest invalidations, all at one moment. KEYS: clock, entry, lock, touched, tags…; ARGV: token, lock TTL in ms.
 */
export const ACQUIRE = script(`
local acquired = redis.call('SET', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2])
local clock = redis.call('GET', KEYS[1])
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000000 + time[2])
local reply = { acquired and 1 or 0, clock or '0', now, redis.call('GET', KEYS[2]), redis.call('GET', KEYS[4]) }
for i = 5, #KEYS do reply[i + 1] = redis.call('GET', KEYS[i]) end
return reply
`);

/** Holds the lock on. KEYS: lock; ARGV: token, lock TTL in ms. */
export const RENEW = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
`);

/** Gives the lock back. KEYS: lock; ARGV: token. */
export const RELEASE = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`);

/**
 * Stores what was loaded and gives the lock back, unless the lock was lost to an invalidation, a write or time.
 * KEYS: entry, lock, tags…; ARGV: token, entry, TTL in ms, clock of the load, TTL of tags in ms.
 */
export const STORE = script(`${KEEP_TAGS}
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
keepTags(3, ARGV[4], ARGV[5])
redis.call('DEL', KEYS[2])
return 1
`);

/** Takes the lock for a write from whoever has it, so that a load or write under way stores nothing. KEYS: clock, lock; ARGV: token, TTL in ms. */
export const CLAIM = script(`${TICK}
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
local _, now = tick()
return now
`);

/**
 * Ends a write: stores the value if the claim still stands, else empties the key, because the order in which the
 * database applied concurrent writes is not known here. Either way every process is told. KEYS: clock, entry, lock,
 * touched, tags…; ARGV: token, entry, TTL, clock of the claim, TTL of tags, TTL of touched, channel, origin, names as JSON.
 */
export const SETTLE = script(`${TICK}${KEEP_TAGS}
local mine = redis.call('GET', KEYS[3]) == ARGV[1]
local previous, now = tick()
if mine then
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
  keepTags(5, ARGV[4], ARGV[5])
else
  redis.call('UNLINK', KEYS[2])
end
redis.call('DEL', KEYS[3])
redis.call('SET', KEYS[4], now, 'PX', ARGV[6])
redis.call('PUBLISH', ARGV[7], previous .. ' ' .. now .. ' ' .. ARGV[8] .. ' ' .. ARGV[9])
return { mine and 1 or 0, now }
`);

/**
 * Invalidates keys and tags and tells every process, in one step. KEYS: clock, (entry, lock, touched)…, tags…;
 * ARGV: count of keys, TTL of touched, TTL of tags, channel, origin, names as JSON.
 */
export const INVALIDATE = script(`${TICK}
local previous, now = tick()
local keys = tonumber(ARGV[1])
for i = 0, keys - 1 do
  redis.call('UNLINK', KEYS[2 + i * 3], KEYS[3 + i * 3])
  redis.call('SET', KEYS[4 + i * 3], now, 'PX', ARGV[2])
end
for i = 2 + keys * 3, #KEYS do redis.call('SET', KEYS[i], now, 'PX', ARGV[3]) end
redis.call('PUBLISH', ARGV[4], previous .. ' ' .. now .. ' ' .. ARGV[5] .. ' ' .. ARGV[6])
return now
`);

/**
 * What is known of many entries, without their values: the clock and the server's time in µs, then for each the head of
 * the entry (its 19 bytes and tags) and when its key was last invalidated. KEYS: clock, (entry, touched)….
 */
export const PEEK = script(`
local time = redis.call('TIME')
local reply = { redis.call('GET', KEYS[1]) or '0', string.format('%.0f', time[1] * 1000000 + time[2]) }
for i = 2, #KEYS, 2 do
  local head = redis.call('GETRANGE', KEYS[i], 0, 18)
  local tags = #head < 19 and 0 or string.byte(head, 18) * 256 + string.byte(head, 19)
  if tags > 0 then head = redis.call('GETRANGE', KEYS[i], 0, 18 + tags) end
  reply[#reply + 1] = head
  reply[#reply + 1] = redis.call('GET', KEYS[i + 1])
end
return reply
`);

/** A process has dropped all that was invalidated up to a clock. KEYS: heard, listeners; ARGV: clock, origin. */
export const HEARD = script(`
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[2])
return 1
`);

/**
 * How many processes answer from memory and have not heard of a clock yet; forgets those that fell silent.
 * KEYS: heard, listeners; ARGV: clock, milliseconds after which a silent process answers nothing from memory.
 */
export const UNHEARD = script(`
local time = redis.call('TIME')
local since = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[2]
for _, silent in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. since)) do
  redis.call('ZREM', KEYS[1], silent)
  redis.call('ZREM', KEYS[2], silent)
end
return redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[1])
`);
