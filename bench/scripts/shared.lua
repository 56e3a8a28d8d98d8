-- What the scripts of the benchmark share: documents, headers, and the result as one line of JSON.
local shared = {}

local first_names = { "Ada", "Bram", "Chloe", "Daan", "Elif", "Femke", "George", "Hanna", "Isaac", "Julia" }
local last_names = { "Bakker", "Clarke", "Demir", "Evans", "Groen", "Hughes", "Jansen", "Novak", "Patel", "Visser" }
local genders = { "male", "female", "other", "unknown" }

shared.headers = {
  ["Ocp-Apim-Subscription-Key"] = os.getenv("BENCH_KEY") or "none",
  ["Content-Type"] = "application/json",
}

-- A patient as JSON; `start` is put before the fields, as the id of an update.
function shared.patient(start)
  local first, last = shared.any(first_names), shared.any(last_names)
  return string.format(
    '{%s"firstName":"%s","lastName":"%s","fullName":"%s %s","gender":"%s","dateOfBirth":"%04d-%02d-%02d","postCode":"%04d",'
      .. '"insuranceNumber":"%010d","preferredContactNumber":"06%08d"}',
    start, first, last, first, last, shared.any(genders), math.random(1930, 2020), math.random(12), math.random(28),
    math.random(1000, 9999), math.random(0, 2147483647), math.random(0, 99999999)
  )
end

function shared.test()
  return '{"performer":"Laboratory North","orderReference":"order-1","observations":[{"id":"1","code":"718-7",'
    .. '"measurement":"8.9 mmol/L","interpretation":"normal","issued":"2026-01-31T09:30:00Z","status":"final"}]}'
end

-- The words of each line of a file in the folder that the benchmark made.
function shared.lines(name)
  local rows = {}
  for line in io.lines(os.getenv("BENCH_FOLDER") .. "/" .. name) do
    local row = {}
    for word in line:gmatch("%S+") do
      row[#row + 1] = word
    end
    rows[#rows + 1] = row
  end
  return rows
end

function shared.request(method, path, body)
  return wrk.format(method, path, shared.headers, body)
end

function shared.any(list)
  return list[math.random(#list)]
end

function shared.seed()
  -- The address of a table differs from thread to thread; the clock alone would not.
  math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)"), 16) % 1000003)
end

-- The last line that wrk prints; `counted` holds how often each status was expected and answered, where a script counts.
function shared.print_result(summary, latency, counted)
  local errors = summary.errors
  local parts = {}
  for name, count in pairs(counted or {}) do
    parts[#parts + 1] = string.format('"%s":%d', name, count)
  end
  print(string.format(
    '{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d,"counted":{%s}}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, table.concat(parts, ",")
  ))
end

return shared
