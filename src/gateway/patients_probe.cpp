#include "gateway/patients_probe.hpp"

namespace assay::gateway {

namespace {

Awaitable<bool> is_answered(const http::Handler* patients) {
  http::Request request;
  // No route of it: nothing is looked up, and nothing is recorded.
  request.target = "/api/status";
  try {
    co_await (*patients)(std::move(request));
    co_return true;
  } catch (const std::exception&) {
    co_return false;
  }
}

}  // namespace

Awaitable<bool> PatientsProbe::answers() {
  if (take_turn()) answered_ = co_await is_answered(&patients_);
  co_return answered_;
}

bool PatientsProbe::take_turn() {
  const std::scoped_lock lock(mutex_);
  return turns_.take_turn(std::chrono::steady_clock::now());
}

}  // namespace assay::gateway
