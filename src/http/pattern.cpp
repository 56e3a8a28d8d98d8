#include "http/pattern.hpp"

#include <algorithm>

#include "http/text.hpp"

namespace assay::http {

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> segments;
  segments.reserve(8);
  if (!path.empty()) path.remove_prefix(1);
  while (!path.empty()) segments.push_back(take_until(path, '/'));
  return segments;
}

Pattern::Pattern(std::string text) : text_(std::move(text)) {
  for (const auto segment : split_path(text_)) {
    segments_.push_back({segment.starts_with('{') ? std::string() : std::string(segment)});
  }
  takes_rest_ = text_.ends_with("...}");
}

bool Pattern::matches(const std::vector<std::string_view>& segments) const {
  if (segments.size() < segments_.size() || (segments.size() > segments_.size() && !takes_rest_)) return false;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const bool fits = segments_[i].is_parameter() ? !segments[i].empty() : segments_[i].literal == segments[i];
    if (!fits) return false;
  }
  return true;
}

bool Pattern::more_literal_than(const Pattern& other) const {
  for (std::size_t i = 0; i < std::min(segments_.size(), other.segments_.size()); ++i) {
    if (segments_[i].is_parameter() != other.segments_[i].is_parameter()) return !segments_[i].is_parameter();
  }
  return false;
}

std::vector<std::string_view> Pattern::parameters(const std::vector<std::string_view>& segments) const {
  std::vector<std::string_view> values;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i].is_parameter()) values.push_back(segments[i]);
  }
  if (takes_rest_) values.back() = {values.back().data(), segments.back().data() + segments.back().size()};
  return values;
}

}  // namespace assay::http
