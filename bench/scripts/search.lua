-- Searches for patients by insurance number; each search finds one.
local shared = dofile(os.getenv("BENCH_SCRIPTS") .. "/shared.lua")
local patients

function init()
  shared.seed()
  patients = shared.lines("patients.txt")
end

function request()
  return shared.request("POST", "/patient/search", '{"insuranceNumber":"' .. shared.any(patients)[2] .. '"}')
end

function done(summary, latency)
  shared.print_result(summary, latency)
end
