-- Each thread sends the pre-signed requests of one file to one port, each of them once.
-- EVENT_FILES and PORTS: one per thread, separated by commas. RESULT: where the result is written.

local function split(text)
  local parts = {}
  for part in text:gmatch('[^,]+') do parts[#parts + 1] = part end
  return parts
end

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
  thread:set('number', #threads)
  thread.addr = wrk.lookup('127.0.0.1', split(os.getenv('PORTS'))[#threads])[1]
end

function init()
  file = io.open(split(os.getenv('EVENT_FILES'))[number], 'rb')
  sent = 0
  ran_out = 0
  -- wrk asks the first thread for one request at the start and does not send it.
  tried = number > 1
end

local function read()
  local length = file:read(8)
  return length and file:read(tonumber(length))
end

function request()
  if not tried then
    tried = true
    local first = read()
    file:seek('set', 0)
    return first
  end
  local bytes = read()
  if not bytes then
    ran_out = 1
    wrk.thread:stop()
    return last
  end
  sent = sent + 1
  last = bytes
  return bytes
end

function done(summary, latency)
  local sents, out = {}, 0
  for i, thread in ipairs(threads) do
    sents[i] = thread:get('sent')
    out = out + thread:get('ran_out')
  end
  local errors = summary.errors
  local result = io.open(os.getenv('RESULT'), 'w')
  result:write(string.format(
    '{"microseconds":%d,"answers":%d,"refused":%d,"broken":%d,"sent":[%s],"ranOut":%s,' ..
    '"p50":%.3f,"p99":%.3f,"max":%.3f}',
    summary.duration, summary.requests, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    table.concat(sents, ','), out > 0 and 'true' or 'false',
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
  result:close()
end
