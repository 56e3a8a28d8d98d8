#pragma once

#include <chrono>
#include <optional>

#include "app/configuration.hpp"
#include "secrets/provider.hpp"

namespace assay::app {

/// For how long the log's keys overlap; nothing where a backup was restored in the data directory, since the log then
/// begins anew with whichever key is the newest. Throws Refusal when the register there has not taken the newest
/// version into use yet. Nothing is known of a register elsewhere.
std::optional<std::chrono::days> log_key_overlap(const Configuration& configuration, secrets::Provider& provider);

}  // namespace assay::app
