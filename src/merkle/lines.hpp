#pragma once

#include <optional>
#include <string_view>

namespace assay::merkle {

/// Takes lines off the front of a text, which must outlive it.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// The next line without the newline that ends it; nothing when no newline is left.
  std::optional<std::string_view> next();

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace assay::merkle
