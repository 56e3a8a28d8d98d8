#include "app/exposition_form.hpp"

#include <algorithm>
#include <charconv>

#include "http/text.hpp"

namespace assay::app {

namespace {

using http::equal_ignoring_case;
using http::take_until;
using http::trim;

constexpr std::string_view kOpenMetrics = "application/openmetrics-text";

struct Range {
  std::string_view type;
  std::string_view version;
  double weight = 1;
};

double parse_weight(std::string_view text) {
  double weight = 0;
  std::from_chars(text.data(), text.data() + text.size(), weight);
  return weight;
}

Range parse_range(std::string_view text) {
  Range range{.type = trim(take_until(text, ';')), .version = {}};
  while (!text.empty()) {
    auto value = take_until(text, ';');
    const auto name = trim(take_until(value, '='));
    if (equal_ignoring_case(name, "q")) range.weight = parse_weight(trim(value));
    if (equal_ignoring_case(name, "version")) range.version = trim(value);
  }
  return range;
}

bool is_open_metrics(const Range& range) {
  return equal_ignoring_case(range.type, kOpenMetrics) && (range.version.empty() || range.version == "1.0.0");
}

bool is_text(const Range& range) {
  return equal_ignoring_case(range.type, "text/plain") && (range.version.empty() || range.version == "0.0.4");
}

}  // namespace

telemetry::ExpositionForm wanted_form(const http::Headers& request_headers) {
  double open_metrics = 0;
  double text = 0;
  for (std::size_t i = 0; i < request_headers.size(); ++i) {
    auto [name, ranges] = request_headers.at(i);
    if (!equal_ignoring_case(name, "Accept")) continue;
    while (!ranges.empty()) {
      const auto range = parse_range(take_until(ranges, ','));
      if (is_open_metrics(range)) open_metrics = std::max(open_metrics, range.weight);
      if (is_text(range)) text = std::max(text, range.weight);
    }
  }
  return open_metrics > 0 && open_metrics >= text ? telemetry::ExpositionForm::kOpenMetrics
                                                  : telemetry::ExpositionForm::kPrometheusText;
}

std::string_view media_type(telemetry::ExpositionForm form) {
  return form == telemetry::ExpositionForm::kOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                                         : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace assay::app
