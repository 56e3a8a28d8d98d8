-- Creates patients, each a new person with an insurance number of their own.
local shared = dofile(os.getenv("BENCH_SCRIPTS") .. "/shared.lua")

function init()
  shared.seed()
end

function request()
  return shared.request("POST", "/patient", shared.patient(""))
end

function done(summary, latency)
  shared.print_result(summary, latency)
end
