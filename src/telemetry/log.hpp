#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "telemetry/metrics.hpp"
#include "telemetry/trace_context.hpp"

namespace assay::telemetry {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// "debug", "info", "warning" or "error".
std::string_view to_string(Level level);
/// Reads what `to_string` writes; nothing for anything else.
std::optional<Level> parse_level(std::string_view text);

/// A value a log line may carry: a number, or a text that is no patient data and no secret. Sensitive
/// types don't convert to it. An empty text is left out of the line, and a long one is cut.
using LogValue = std::variant<std::int64_t, double, bool, std::string_view>;
using LogField = std::pair<std::string_view, LogValue>;  ///< the name is a literal
using LogFields = std::initializer_list<LogField>;

/// How a line looks: one JSON object, or a text for people.
enum class LogForm : std::uint8_t { kJson, kText, kColouredText };

struct LogOptions {
  LogForm form = LogForm::kJson;
  Level level = Level::kInfo;
  std::size_t queue_bytes = std::size_t{1} << 20U;  ///< that wait to be written; lines beyond are dropped and counted
};

/// A part of the program, and from which level on it speaks.
struct LogPart {
  std::string name;
  std::atomic<Level> minimum;
};

/// Writes one line for each thing that is told to standard error. Copies write to the same place. Safe from any thread.
class Log {
 public:
  /// `part` is the part of the program that speaks: "gateway", "patients", "audit", "serve". Each line is written as
  /// JSON before the call returns, until `open` is called.
  explicit Log(std::string part, Level minimum = Level::kInfo);

  /// From here on until the last copy goes, a thread of its own writes lines, some milliseconds later and many at
  /// once; one of level error is waited for, a tenth of a second at most. What waits is written before a crash too, in
  /// so far as the program can. Counts in `dropped`, which must outlive it, the lines that found no room. Call it once,
  /// before other threads use the log.
  void open(LogOptions options, Counter& dropped);

  /// The log of another part of this process, which begins with the same level.
  Log of_part(std::string_view part) const;

  /// Whether lines of that level are written.
  bool writes(Level level) const { return level >= part_->minimum.load(std::memory_order_relaxed); }

  void write(Level level, std::string_view message, LogFields fields = {}) const;
  /// What is told while a request is served: the line names its operation and span.
  void write(Level level, const TraceContext& trace, std::string_view message, LogFields fields = {}) const;

  void info(std::string_view message, LogFields fields = {}) const { write(Level::kInfo, message, fields); }
  void warning(std::string_view message, LogFields fields = {}) const { write(Level::kWarning, message, fields); }
  void error(std::string_view message, LogFields fields = {}) const { write(Level::kError, message, fields); }

  /// The parts of this process and their levels, in the order in which they first spoke.
  std::vector<std::pair<std::string, Level>> levels() const;
  /// Changes the level of that part, or of all when `part` is empty; false when there is no such part.
  bool set_level(std::string_view part, Level level) const;

 private:
  struct Shared;

  Log(std::shared_ptr<Shared> shared, const LogPart& part) : shared_(std::move(shared)), part_(&part) {}
  void write_line(Level level, const TraceContext* trace, std::string_view message, LogFields fields) const;

  std::shared_ptr<Shared> shared_;
  const LogPart* part_;
};

}  // namespace assay::telemetry
