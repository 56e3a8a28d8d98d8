#include "app/log_options.hpp"

#include <unistd.h>

#include <cstdlib>

namespace assay::app {

namespace {

/// By the convention of no-color.org; a terminal that knows no colours calls itself dumb.
bool wants_colours() {
  const auto is_set = [](const char* name) {
    const auto* const value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return !is_set("NO_COLOR") && is_set("TERM") && std::string_view(std::getenv("TERM")) != "dumb";
}

}  // namespace

telemetry::LogOptions log_options(const Configuration& configuration) {
  using telemetry::LogForm;
  const bool is_on_terminal = ::isatty(STDERR_FILENO) == 1;
  const auto& format = configuration.text("logs.format");
  auto form = LogForm::kJson;
  if (format == "text" || (format == "auto" && is_on_terminal)) {
    form = is_on_terminal && wants_colours() ? LogForm::kColouredText : LogForm::kText;
  }
  return {.form = form, .level = telemetry::parse_level(configuration.text("logs.level")).value()};
}

}  // namespace assay::app
