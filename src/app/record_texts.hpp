#pragma once

#include <string_view>

#include "base/json.hpp"

namespace assay::app {

/// The text at a path of members of a record as the register tells it; empty where there is none.
std::string_view text_at(const json::value& record, std::initializer_list<std::string_view> path);

}  // namespace assay::app
