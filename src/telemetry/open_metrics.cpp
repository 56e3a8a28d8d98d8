#include "telemetry/open_metrics.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>
#include <span>
#include <string_view>

namespace assay::telemetry {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view kTotal = "_total";
constexpr std::string_view kInfo = "_info";
constexpr std::array<std::string_view, 2> kUnits{"seconds", "bytes"};

std::string_view without_suffix(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

bool is_info(const MetricFamily& family) { return family.type == MetricType::Gauge && family.name.ends_with(kInfo); }

std::string_view type_of(const MetricFamily& family) {
  switch (family.type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return is_info(family) ? "info" : "gauge";
    case MetricType::Histogram:
      return "histogram";
    default:
      return "unknown";
  }
}

/// What the samples' names are made of.
std::string_view base_name(const MetricFamily& family) {
  if (family.type == MetricType::Counter) return without_suffix(family.name, kTotal);
  return is_info(family) ? without_suffix(family.name, kInfo) : std::string_view(family.name);
}

std::string_view suffix_of(const MetricFamily& family) {
  if (family.type == MetricType::Counter) return kTotal;
  return is_info(family) ? kInfo : std::string_view();
}

double value_of(const MetricFamily& family, const ClientMetric& metric) {
  switch (family.type) {
    case MetricType::Counter:
      return metric.counter.value;
    case MetricType::Gauge:
      return metric.gauge.value;
    default:
      return metric.untyped.value;
  }
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

/// As labels have them: what counts is the text, and a whole number has its ".0".
std::string bound_text(double bound) {
  auto text = number(bound);
  if (std::isfinite(bound) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
}

void append_label(std::string& text, std::string_view name, std::string_view value) {
  text += text.ends_with('{') ? "" : ",";
  text += name;
  text += "=\"";
  append_escaped(text, value);
  text += '"';
}

/// `bound` is empty but for buckets.
std::string labels_text(std::span<const ClientMetric::Label> labels, std::string_view bound = {}) {
  if (labels.empty() && bound.empty()) return {};
  std::string text = "{";
  for (const auto& label : labels) append_label(text, label.name, label.value);
  if (!bound.empty()) append_label(text, "le", bound);
  text += '}';
  return text;
}

void append_sample(std::string& text, const MetricFamily& family, std::string_view suffix, std::string_view labels,
                   std::string_view value) {
  fmt::format_to(std::back_inserter(text), "{}{}{} {}\n", base_name(family), suffix, labels, value);
}

void append_histogram(std::string& text, const MetricFamily& family, const ClientMetric& metric) {
  const auto& histogram = metric.histogram;
  for (const auto& bucket : histogram.bucket) {
    append_sample(text, family, "_bucket", labels_text(metric.label, bound_text(bucket.upper_bound)),
                  fmt::format("{}", bucket.cumulative_count));
  }
  const auto labels = labels_text(metric.label);
  append_sample(text, family, "_count", labels, fmt::format("{}", histogram.sample_count));
  append_sample(text, family, "_sum", labels, number(histogram.sample_sum));
}

void append_description(std::string& text, const MetricFamily& family) {
  const auto name = base_name(family);
  fmt::format_to(std::back_inserter(text), "# TYPE {} {}\n", name, type_of(family));
  for (const auto unit : kUnits) {
    if (name.ends_with(fmt::format("_{}", unit))) {
      fmt::format_to(std::back_inserter(text), "# UNIT {} {}\n", name, unit);
    }
  }
  fmt::format_to(std::back_inserter(text), "# HELP {} ", name);
  append_escaped(text, family.help);
  text += '\n';
}

}  // namespace

std::string to_open_metrics(const std::vector<MetricFamily>& families) {
  std::string text;
  for (const auto& family : families) {
    append_description(text, family);
    for (const auto& metric : family.metric) {
      if (family.type == MetricType::Histogram) {
        append_histogram(text, family, metric);
      } else {
        append_sample(text, family, suffix_of(family), labels_text(metric.label), number(value_of(family, metric)));
      }
    }
  }
  text += "# EOF\n";
  return text;
}

}  // namespace assay::telemetry
