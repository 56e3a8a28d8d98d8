#include "telemetry/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>

#include "base/clock.hpp"
#include "telemetry/crash_watch.hpp"
#include "telemetry/log_line.hpp"
#include "telemetry/log_writer.hpp"

namespace assay::telemetry {

namespace {

constexpr std::array<std::string_view, 4> kLevelNames{"debug", "info", "warning", "error"};

}  // namespace

std::string_view to_string(Level level) { return kLevelNames.at(static_cast<std::size_t>(level)); }

std::optional<Level> parse_level(std::string_view text) {
  const auto* const found = std::ranges::find(kLevelNames, text);
  if (found == kLevelNames.end()) return std::nullopt;
  return static_cast<Level>(found - kLevelNames.begin());
}

/// What all copies and parts of a log share.
struct Log::Shared {
  explicit Shared(const std::string& part) : writer(part, STDERR_FILENO) {}

  LogPart* find(std::string_view name) {
    const auto found = std::ranges::find(parts, name, &LogPart::name);
    return found == parts.end() ? nullptr : &*found;
  }

  LogWriter writer;
  std::optional<CrashWatch> crash_watch;
  std::mutex mutex;
  std::deque<LogPart> parts;
};

Log::Log(std::string part, Level minimum) : shared_(std::make_shared<Shared>(part)), part_(nullptr) {
  part_ = &shared_->parts.emplace_back(std::move(part), minimum);
}

void Log::open(LogOptions options, Counter& dropped) {
  set_level({}, options.level);
  shared_->writer.start(options, dropped);
  shared_->crash_watch.emplace(shared_->writer);
}

Log Log::of_part(std::string_view part) const {
  const std::scoped_lock lock(shared_->mutex);
  const auto* found = shared_->find(part);
  if (found == nullptr) found = &shared_->parts.emplace_back(std::string(part), part_->minimum.load());
  return {shared_, *found};
}

void Log::write(Level level, std::string_view message, LogFields fields) const {
  if (writes(level)) write_line(level, nullptr, message, fields);
}

void Log::write(Level level, const TraceContext& trace, std::string_view message, LogFields fields) const {
  if (writes(level)) write_line(level, &trace, message, fields);
}

void Log::write_line(Level level, const TraceContext* trace, std::string_view message, LogFields fields) const {
  thread_local std::string line;  // kept, so that most lines allocate nothing
  line.clear();
  append_line(line, shared_->writer.form(),
              {.time = SystemClock().now(),
               .level = level,
               .part = part_->name,
               .trace = trace,
               .message = message,
               .fields = fields});
  shared_->writer.take(level, line);
}

std::vector<std::pair<std::string, Level>> Log::levels() const {
  const std::scoped_lock lock(shared_->mutex);
  std::vector<std::pair<std::string, Level>> levels;
  for (const auto& part : shared_->parts) levels.emplace_back(part.name, part.minimum.load());
  return levels;
}

bool Log::set_level(std::string_view part, Level level) const {
  const std::scoped_lock lock(shared_->mutex);
  if (part.empty()) {
    for (auto& each : shared_->parts) each.minimum = level;
    return true;
  }
  auto* found = shared_->find(part);
  if (found != nullptr) found->minimum = level;
  return found != nullptr;
}

}  // namespace assay::telemetry
