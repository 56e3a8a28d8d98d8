#pragma once

#include <filesystem>

#include "audit/checkpoint_signer.hpp"
#include "audit/store.hpp"
#include "telemetry/metrics.hpp"

namespace assay::app {

/// Exposes how large the log is and how far it is signed, from now on. `head` is the file of the newest checkpoint. All
/// must live as long as anybody may ask for metrics.
void measure_log(telemetry::Metrics& metrics, const audit::Store& store, const audit::CheckpointSigner& signer,
                 std::filesystem::path head);

}  // namespace assay::app
