#include "merkle/lines.hpp"

namespace assay::merkle {

std::optional<std::string_view> Lines::next() {
  const auto end = rest_.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return line;
}

}  // namespace assay::merkle
