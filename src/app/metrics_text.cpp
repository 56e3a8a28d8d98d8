#include "app/metrics_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace assay::app {

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
}

bool is_name(std::string_view text) { return !text.empty() && (text.front() < '0' || text.front() > '9'); }

/// Takes one line apart from its left to its right.
class Line {
 public:
  explicit Line(std::string_view text) : rest_(text) {}

  std::optional<MetricSample> sample() {
    MetricSample sample;
    sample.name = take_name();
    if (!is_name(sample.name) || (take('{') && !take_labels(sample.labels))) return std::nullopt;
    if (!take_value(sample.value)) return std::nullopt;
    return sample;
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r"), rest_.size())); }

  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string take_name() {
    skip_blanks();
    const auto end = std::ranges::find_if_not(rest_, is_name_character);
    std::string name(rest_.begin(), end);
    rest_.remove_prefix(name.size());
    return name;
  }

  bool take_labels(MetricLabels& labels) {
    while (!take('}')) {
      auto name = take_name();
      std::string value;
      if (name.empty() || !take('=') || !take('"') || !take_quoted(value)) return false;
      labels.insert_or_assign(std::move(name), std::move(value));
      take(',');
    }
    return true;
  }

  /// Behind the opening quotation mark; false when there is no closing one.
  bool take_quoted(std::string& value) {
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (c != '\\') {
        value += c;
        continue;
      }
      if (rest_.empty()) return false;
      value += rest_.front() == 'n' ? '\n' : rest_.front();
      rest_.remove_prefix(1);
    }
    return false;
  }

  bool take_value(double& value) {
    skip_blanks();
    if (rest_.starts_with('+')) rest_.remove_prefix(1);
    const auto* end = rest_.data() + rest_.size();
    const auto [stop, error] = std::from_chars(rest_.data(), end, value);
    return error == std::errc{} && (stop == end || *stop == ' ' || *stop == '\t' || *stop == '\r');
  }

  std::string_view rest_;
};

}  // namespace

std::string_view MetricSample::label(std::string_view wanted) const {
  const auto found = labels.find(wanted);
  return found == labels.end() ? std::string_view() : found->second;
}

std::vector<MetricSample> parse_metrics(std::string_view text) {
  std::vector<MetricSample> samples;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (auto sample = Line(text.substr(0, end)).sample()) samples.push_back(std::move(*sample));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return samples;
}

}  // namespace assay::app
