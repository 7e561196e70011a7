import { script } from '../cache/scripts';

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** KEYS: session; ARGV: idle time in ms, then fields and values. */
export const START = script(`${NOW}
redis.call('HSET', KEYS[1], 'startedAt', string.format('%.0f', now), unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
`);

/** Reads a session and lets it live on: another idle time, but not beyond its end. KEYS: session; ARGV: idle, absolute time in ms. */
export const RESUME = script(`${NOW}
local startedAt = redis.call('HGET', KEYS[1], 'startedAt')
if not startedAt then return {} end
local left = tonumber(startedAt) + tonumber(ARGV[2]) - now
if left <= 0 then
  redis.call('UNLINK', KEYS[1])
  return {}
end
redis.call('PEXPIRE', KEYS[1], math.min(left, tonumber(ARGV[1])))
return redis.call('HGETALL', KEYS[1])
`);

/** Changes a session that still exists. KEYS: session; ARGV: count of fields to remove, these, then fields and values. */
export const UPDATE = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local gone = tonumber(ARGV[1])
for i = 2, gone + 1 do redis.call('HDEL', KEYS[1], ARGV[i]) end
if #ARGV > gone + 1 then redis.call('HSET', KEYS[1], unpack(ARGV, gone + 2)) end
return 1
`);

/** Gives a session another key; its end stays. KEYS: old, new; ARGV: fields and values. */
export const MOVE = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('RENAME', KEYS[1], KEYS[2])
if #ARGV > 0 then redis.call('HSET', KEYS[2], unpack(ARGV)) end
return 1
`);

/** Sets a field if it still has the value that was expected, and says what it had. KEYS: session; ARGV: field, expected, new. */
export const SWAP = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return ARGV[2] end
local found = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if found == ARGV[2] then redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return found
`);
