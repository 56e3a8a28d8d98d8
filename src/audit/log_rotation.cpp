#include "audit/log_rotation.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "audit/log_record.hpp"

namespace assay::audit {

LogRotation::LogRotation(Parameters parameters) : with_(std::move(parameters)), origins_(with_.store.read_origins()) {}

Awaitable<std::optional<std::string>> LogRotation::take(SensitiveText newest) {
  LogSigner next{.origin = with_.in_force.origin, .key = derive_log_key(newest, with_.in_force.origin)};
  const auto verifier_key = next.verifier().to_string();
  // One from before the key in force comes back with an old copy of the secret alone.
  if (std::ranges::find(origins_, verifier_key, &LogOrigin::verifier_key) != origins_.end()) co_return std::nullopt;
  // Before the record is stored: no tree that has it may lack the new key's signature, nor one that lacks it the old's.
  next.former = {
      .key = with_.in_force.key, .until = Timestamp::max(), .last_size = std::numeric_limits<std::uint64_t>::max()};
  with_.signer.sign_as(next);
  const auto size = co_await with_.store.begin_origin(verifier_key, [this, &verifier_key](std::uint64_t before) {
    return std::vector<NewRecord>{record_of(verifier_key, before)};
  });
  next.former->until = with_.clock.now() + with_.overlap;
  next.former->last_size = size;
  with_.signer.sign_as(next);
  origins_.push_back({.verifier_key = verifier_key, .first_size = size});
  with_.in_force = std::move(next);
  co_return verifier_key;
}

NewRecord LogRotation::record_of(const std::string& verifier_key, std::uint64_t size) const {
  return log_record("rotate", {{"key", verifier_key}, {"size", size}}, with_.rotator, with_.random, with_.clock);
}

}  // namespace assay::audit
