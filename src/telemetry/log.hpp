#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace assay::telemetry {

enum class Level { kDebug, kInfo, kWarning, kError };

/// A value a log line may carry: a number, or a text that is no patient data and no secret. Sensitive
/// types don't convert to it.
using LogValue = std::variant<std::int64_t, double, bool, std::string_view>;
using LogField = std::pair<std::string_view, LogValue>;

/// Writes one JSON object a line to standard error. Safe from any thread.
class Log {
 public:
  /// `part` is the part of the program that speaks: "gateway", "patients", "audit", "serve".
  explicit Log(std::string part, Level minimum = Level::kInfo) : part_(std::move(part)), minimum_(minimum) {}

  void write(Level level, std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(Level::kInfo, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(Level::kWarning, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(Level::kError, message, fields);
  }

 private:
  std::string part_;
  Level minimum_;
};

}  // namespace assay::telemetry
