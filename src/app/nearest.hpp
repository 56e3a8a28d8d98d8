#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::app {

/// The candidate that takes the fewest changed characters to become `name`; the first of several. There must be one.
const std::string& nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace assay::app
