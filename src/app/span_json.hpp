#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "telemetry/tracer.hpp"

namespace assay::app {

/// The spans of operations as a JSON array, for those who ask a part for them.
json::array to_json(const std::vector<telemetry::FinishedOperation>& operations);

/// A span as it came from a part; what its attributes say is text.
struct ToldSpan {
  std::string id;
  std::string parent;  ///< empty where the operation began with this span
  std::string name;
  std::string part;
  std::string kind;
  std::int64_t start = 0;  ///< nanoseconds since 1970
  std::int64_t end = 0;
  bool is_error = false;
  std::vector<std::pair<std::string, std::string>> attributes;
  json::value source;  ///< all of that
};

/// Reads what `to_json` wrote; nothing for anything else.
std::optional<std::vector<ToldSpan>> parse_spans(const json::value& value);

}  // namespace assay::app
