#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::http {

/// A path's segments between its slashes; one trailing slash is ignored, the root has none. The path must
/// begin with a slash.
std::vector<std::string_view> split_path(std::string_view path);

/// A path whose segments are literal or `{name}`, which stands for any segment that is not empty; a last `{name...}`
/// stands for one segment or more.
class Pattern {
 public:
  explicit Pattern(std::string text);

  const std::string& text() const { return text_; }

  bool matches(const std::vector<std::string_view>& segments) const;

  /// Whether this is the better of two patterns that match the same path: at the first difference in
  /// kind, the literal segment wins.
  bool more_literal_than(const Pattern& other) const;

  /// What stands for the `{…}` in a path that matches, as sent.
  std::vector<std::string_view> parameters(const std::vector<std::string_view>& segments) const;

 private:
  struct Segment {
    std::string literal;  ///< empty for a parameter
    bool is_parameter() const { return literal.empty(); }
  };
  std::string text_;
  std::vector<Segment> segments_;
  bool takes_rest_ = false;
};

}  // namespace assay::http
