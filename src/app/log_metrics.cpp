#include "app/log_metrics.hpp"

#include <sys/stat.h>

#include <utility>

namespace assay::app {

namespace {

/// In seconds since 1970; 0 where there is no such file.
double last_written(const std::filesystem::path& file) {
  constexpr double kNanoseconds = 1e9;
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return 0;
  return static_cast<double>(status.st_mtim.tv_sec) + static_cast<double>(status.st_mtim.tv_nsec) / kNanoseconds;
}

}  // namespace

void measure_log(telemetry::Metrics& metrics, const audit::Store& store, const audit::CheckpointSigner& signer,
                 std::filesystem::path head) {
  auto& tree = metrics.gauge("assay_audit_tree_size", "Records in the register, erased ones among them.");
  auto& checkpoint = metrics.gauge("assay_audit_checkpoint_size", "Entries under the newest checkpoint.");
  auto& moment = metrics.gauge("assay_audit_checkpoint_timestamp_seconds", "When the newest checkpoint was signed.");
  metrics.on_collect([&tree, &checkpoint, &moment, &store, &signer, file = std::move(head)] {
    const auto newest = signer.newest();
    checkpoint.Set(newest ? static_cast<double>(newest->tree.size) : 0);
    moment.Set(last_written(file));
    tree.Set(static_cast<double>(store.head().size));
  });
}

}  // namespace assay::app
