/**
 * One observation, atomically. KEYS: this week's conduct (hash) and pairs (sorted set), last week's; all of one hash tag. ARGV: now in
 * milliseconds, kind, recipient under this and last week's key, gap class, country, when this week's keys go.
 *
 * A pair's score is the time of its first contact, negative once the recipient has answered: one structure counts both.
 */
export const OBSERVE = `
local conduct, pairs, oldConduct, oldPairs = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local now, kind, recipient, oldRecipient, gap, country = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local function int(n) return string.format('%.0f', n) end

local names = {'f', 'l', 'g', 'n', 'o', 'c', 'r', 'b', 's', 'p'}
local from = conduct
if redis.call('EXISTS', conduct) == 0 then from = oldConduct end
local row = {}
local stored = redis.call('HMGET', from, unpack(names))
for i, name in ipairs(names) do row[name] = stored[i] or '' end
if from ~= conduct and kind ~= 'look' then
  if row.f == '' then row.f = int(now) end
  for _, name in ipairs(names) do if row[name] ~= '' then redis.call('HSET', conduct, name, row[name]) end end
  redis.call('PEXPIREAT', conduct, ARGV[7])
end
if row.f == '' then row.f = int(now) end
local function keep(name, value) row[name] = value; redis.call('HSET', conduct, name, value) end

local function youngest(key)
  local last = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2]
  local answered = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  return math.max(tonumber(last or '0'), -tonumber(answered or '0'))
end
local lastNew = math.max(youngest(pairs), youngest(oldPairs))

local home, homeConduct, member = pairs, conduct, recipient
local score = redis.call('ZSCORE', pairs, recipient)
if not score then
  score = redis.call('ZSCORE', oldPairs, oldRecipient)
  if score then home, homeConduct, member = oldPairs, oldConduct, oldRecipient end
end
local isSend = kind == 'request' or kind == 'message'
local isNew = isSend and not score
if isNew then
  redis.call('ZADD', pairs, int(now), recipient)
  redis.call('PEXPIREAT', pairs, ARGV[7])
  if gap ~= '' then keep('n', string.sub(row.n .. gap, -20)) end
  if country ~= '' then
    local kept = ''
    for name, at in string.gmatch(row.c, '(%a+):(%d+),') do
      if name ~= country and tonumber(at) > now - 86400000 then kept = kept .. name .. ':' .. at .. ',' end
    end
    keep('c', kept .. country .. ':' .. int(now) .. ',')
  end
  score = int(now)
end
local first = tonumber(score or int(now))
if isSend then
  if first > 0 then
    redis.call('HINCRBY', homeConduct, 'u', 1)
    if not isNew then redis.call('HINCRBY', homeConduct, 'm:' .. member, 1) end
  end
  if row.l ~= '' then
    local ds = math.max(0, math.floor((now - tonumber(row.l)) / 100))
    if ds >= 36000 then keep('g', '') else keep('g', string.sub(row.g .. string.char(math.floor(ds / 256), ds % 256), -40)) end
  end
  keep('l', int(now))
end
if kind == 'reply' and score and first > 0 then
  redis.call('ZADD', home, int(-first), member)
  redis.call('HINCRBY', homeConduct, 'u', -(1 + tonumber(redis.call('HGET', homeConduct, 'm:' .. member) or '0')))
  redis.call('HDEL', homeConduct, 'm:' .. member)
  first = -first
end
if kind == 'delivered' then keep('o', string.sub(row.o .. 'd', -50)) end
if kind == 'delivery-failed' then keep('o', string.sub(row.o .. 'f', -50)) end
if kind == 'report' or kind == 'block' then
  local name = kind == 'report' and 'r' or 'b'
  local kept, count = {}, 0
  for who, at in string.gmatch(row[name], '([^:,]+):(%d+),') do
    if who ~= recipient and who ~= oldRecipient then table.insert(kept, who .. ':' .. at .. ',') end
  end
  table.insert(kept, recipient .. ':' .. int(now) .. ',')
  while #kept > 20 do table.remove(kept, 1) end
  keep(name, table.concat(kept))
end

local function count(low, high)
  local sent, answered = 0, 0
  for _, key in ipairs({pairs, oldPairs}) do
    sent = sent + redis.call('ZCOUNT', key, '(' .. int(low), int(high))
    answered = answered + redis.call('ZCOUNT', key, int(-high), '(' .. int(-low))
  end
  return sent + answered, answered
end
local reply = {isNew and 1 or 0, first < 0 and 1 or 0, int(math.abs(first)), row.f, lastNew == 0 and '' or int(lastNew)}
for _, window in ipairs({60000, 600000, 3600000, 86400000, 604800000, 1209600000}) do
  table.insert(reply, (count(now - window, now)))
end
local ages = {60000, 600000, 3600000, 86400000, 259200000, 1209600000}
for i = 1, 5 do
  local contacted, answered = count(now - ages[i + 1], now - ages[i])
  table.insert(reply, contacted)
  table.insert(reply, answered)
end
table.insert(reply, tonumber(redis.call('HGET', conduct, 'u') or '0') + tonumber(redis.call('HGET', oldConduct, 'u') or '0'))
local gaps = {}
for i = 1, #row.g, 2 do table.insert(gaps, string.byte(row.g, i) * 256 + string.byte(row.g, i + 1)) end
local function complaints(text)
  local day, week = 0, 0
  for at in string.gmatch(text, ':(%d+),') do
    if tonumber(at) > now - 86400000 then day = day + 1 end
    if tonumber(at) > now - 604800000 then week = week + 1 end
  end
  table.insert(reply, day)
  table.insert(reply, week)
end
complaints(row.r)
complaints(row.b)
local countries = {}
for name, at in string.gmatch(row.c, '(%a+):(%d+),') do
  if tonumber(at) > now - 86400000 then table.insert(countries, name) end
end
table.insert(reply, table.concat(gaps, ','))
table.insert(reply, row.n)
table.insert(reply, row.o)
table.insert(reply, table.concat(countries, ','))
table.insert(reply, row.s)
table.insert(reply, row.p)
return reply
`;

/** KEYS: a conduct. ARGV: a standing and a pardon (each `level untilMs decision`, or empty). A higher standing stays; a pardon ends what it reaches. */
export const SETTLE = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local function parts(text)
  local level, untilMs = string.match(text, '^(%d+) (%d+)')
  return tonumber(level or '-1'), tonumber(untilMs or '0')
end
local level, untilMs = parts(redis.call('HGET', KEYS[1], 's') or '')
if ARGV[1] ~= '' then
  local newLevel, newUntil = parts(ARGV[1])
  if untilMs <= tonumber(ARGV[3]) or newLevel > level or (newLevel == level and newUntil > untilMs) then
    redis.call('HSET', KEYS[1], 's', ARGV[1])
    level = newLevel
  end
end
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], 'p', ARGV[2])
  if level <= parts(ARGV[2]) then redis.call('HDEL', KEYS[1], 's') end
end
return 1
`;

/** KEYS: a tenant's counters of this week and the last. ARGV: when this week's go, then names and what to add. */
export const TALLY = `
for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
if #ARGV > 1 then redis.call('PEXPIREAT', KEYS[1], ARGV[1]) end
return {redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
`;
