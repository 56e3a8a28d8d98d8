#include "telemetry/log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace assay::telemetry {

namespace {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      break;
  }
  return "error";
}

void append_member(std::string& line, std::string_view name, const LogValue& value) {
  line.push_back(',');
  append_json_string(line, name);
  line.push_back(':');
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    append_json_string(line, *text);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    line += std::to_string(*integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    line += fmt::format("{}", *number);
  } else {
    line += std::get<bool>(value) ? "true" : "false";
  }
}

}  // namespace

void Log::write(Level level, std::string_view message, std::initializer_list<LogField> fields) const {
  if (level < minimum_) return;
  std::string line = "{\"time\":\"" + to_iso8601(SystemClock().now()) + "\"";
  append_member(line, "level", name_of(level));
  append_member(line, "part", std::string_view(part_));
  append_member(line, "message", message);
  for (const auto& [name, value] : fields) append_member(line, name, value);
  line += "}\n";
  // One write a line keeps lines of several threads whole; a log that can't be written has nowhere to say so.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace assay::telemetry
