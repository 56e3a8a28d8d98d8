#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/span_json.hpp"

namespace assay::app {

/// Moves what another process did into the call that asked for it, where its clock says that it was before or after
/// that, with all below it. Returns by how many nanoseconds each part was moved; empty where clocks agree.
std::map<std::string, std::int64_t> take_out_skew(std::vector<ToldSpan>& spans);

}  // namespace assay::app
