#include "telemetry/operation_record.hpp"

#include <algorithm>

namespace assay::telemetry {

std::string_view TextStore::keep(std::string_view text) {
  if (text.size() > usual_.size() - used_) return more_.emplace_front(text);
  auto* const place = usual_.data() + used_;
  std::ranges::copy(text, place);
  used_ += text.size();
  return {place, text.size()};
}

}  // namespace assay::telemetry
