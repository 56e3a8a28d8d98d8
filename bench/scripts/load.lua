-- Loads patients by their ids.
local shared = dofile(os.getenv("BENCH_SCRIPTS") .. "/shared.lua")
local patients

function init()
  shared.seed()
  patients = shared.lines("patients.txt")
end

function request()
  return shared.request("GET", "/patient/" .. shared.any(patients)[1])
end

function done(summary, latency)
  shared.print_result(summary, latency)
end
