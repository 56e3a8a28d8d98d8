#pragma once

#include <atomic>
#include <mutex>

#include "base/occasional.hpp"
#include "http/message.hpp"

namespace assay::gateway {

/// Finds out whether the patients service can be reached. Safe from any I/O thread.
class PatientsProbe {
 public:
  explicit PatientsProbe(http::Handler patients) : patients_(std::move(patients)) {}

  /// Whether it answers, whatever it says; as found out within the last second where somebody asked then.
  Awaitable<bool> answers();

 private:
  bool take_turn();

  http::Handler patients_;
  std::mutex mutex_;
  Occasional turns_{std::chrono::seconds(1)};
  std::atomic<bool> answered_{true};
};

}  // namespace assay::gateway
