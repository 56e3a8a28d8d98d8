#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "telemetry/log.hpp"

namespace assay::telemetry {

/// What one line says.
struct LogLine {
  Timestamp time = {};
  Level level = Level::kInfo;
  std::string_view part = {};
  const TraceContext* trace = nullptr;  ///< null where no request is served
  std::string_view message = {};
  LogFields fields = {};
};

/// Appends the line with its end.
void append_line(std::string& out, LogForm form, const LogLine& line);

}  // namespace assay::telemetry
