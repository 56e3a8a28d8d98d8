-- The load test's eight task sets in equal parts, without the pauses between them. A tenth of most tasks is wrong on purpose
-- and must be refused: what is expected and what is answered are both counted, and must agree.
local shared = dofile(os.getenv("BENCH_SCRIPTS") .. "/shared.lua")

local threads = {}
local tasks
local waiting -- a request that belongs to the task before
expected, answered = {}, {}

function setup(thread)
  threads[#threads + 1] = thread
end

local function count(counts, status)
  counts[status] = (counts[status] or 0) + 1
end

local function ask(status, method, path, body)
  count(expected, status)
  return shared.request(method, path, body)
end

local function is_wrong()
  return math.random(10) == 1
end

-- A random patient's id, patients and tests being those that the benchmark made before.
local function make_tasks(patients, tests)
  local function patient()
    return shared.any(patients)[1]
  end
  return {
    function()
      return ask(200, "GET", "/echo/resource?param1=sample")
    end,
    function()
      if is_wrong() then
        return ask(400, "POST", "/patient", '{"firstName":""}')
      end
      return ask(201, "POST", "/patient", shared.patient(""))
    end,
    function()
      if is_wrong() then
        return ask(404, "GET", "/patient/1")
      end
      return ask(200, "GET", "/patient/" .. patient())
    end,
    function()
      local id = patient()
      waiting = function()
        return ask(200, "PUT", "/patient/" .. id, shared.patient('"id":"' .. id .. '",'))
      end
      return ask(200, "GET", "/patient/" .. id)
    end,
    function()
      local criteria = math.random(2) == 1 and '{"id":"' .. patient() .. '"}' or "{}"
      return ask(200, "POST", "/patient/search", criteria)
    end,
    function()
      if is_wrong() then
        return ask(400, "POST", "/patient/1/tests", shared.test())
      end
      return ask(201, "POST", "/patient/" .. patient() .. "/tests", shared.test())
    end,
    function()
      if is_wrong() then
        return ask(404, "GET", "/patient/1/tests")
      end
      return ask(200, "GET", "/patient/" .. patient() .. "/tests")
    end,
    function()
      local test = shared.any(tests)
      if is_wrong() then
        return ask(404, "GET", "/patient/" .. test[1] .. "/tests/1")
      end
      return ask(200, "GET", "/patient/" .. test[1] .. "/tests/" .. test[2])
    end,
  }
end

function init()
  shared.seed()
  tasks = make_tasks(shared.lines("patients.txt"), shared.lines("tests.txt"))
end

function request()
  if waiting then
    local task = waiting
    waiting = nil
    return task()
  end
  return shared.any(tasks)()
end

function response(status)
  count(answered, status)
end

function done(summary, latency)
  local counted = {}
  for _, thread in ipairs(threads) do
    for status, times in pairs(thread:get("expected")) do
      counted["expected " .. status] = (counted["expected " .. status] or 0) + times
    end
    for status, times in pairs(thread:get("answered")) do
      counted["answered " .. status] = (counted["answered " .. status] or 0) + times
    end
  end
  shared.print_result(summary, latency, counted)
end
