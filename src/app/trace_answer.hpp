#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/span_json.hpp"
#include "http/message.hpp"

namespace assay::app {

/// What parts tell of one operation: {"spans": […], "parts": {"gateway": null, "audit": "why it could not be asked"}}.
struct TraceAnswer {
  std::vector<ToldSpan> spans;               ///< each once
  std::map<std::string, std::string> parts;  ///< why a part could not be asked; empty where it told

  static TraceAnswer of_part(const std::string& part, const std::vector<telemetry::FinishedOperation>& operations);
  static TraceAnswer of_silent(const std::string& part, std::string reason);
  /// What that part answered; where it is no such answer, the part is silent.
  static TraceAnswer read(const std::string& part, const http::Response& response);

  /// A part that told once has told.
  void add(TraceAnswer other);
  std::string to_json() const;
};

}  // namespace assay::app
