#pragma once

#include <string_view>

#include "app/configuration.hpp"
#include "app/foundation.hpp"
#include "base/blocking_pool.hpp"

namespace assay::app {

/// In whose name keys are rotated by schedule.
inline constexpr std::string_view kScheduleAuthor = "assay-serve";

/// Rotates keys that are older than secrets.rotate_every, where this process has what the operator needs for it: the
/// folder of files, or the sealed file with the operator's key beside it and no passphrase on that. What keeps it from
/// that is told in the log.
class RotationSchedule {
 public:
  RotationSchedule(const Configuration& configuration, Foundation& foundation)
      : configuration_(configuration), foundation_(foundation) {}

  /// Looks now and then from now on. Once the threads run.
  void start();

 private:
  Awaitable<void> run();
  void rotate_due();

  const Configuration& configuration_;
  Foundation& foundation_;
  BlockingPool thread_{1, 1};
};

}  // namespace assay::app
