#include "base/reason.hpp"

#include <fmt/format.h>

#include "base/unicode.hpp"

namespace assay {

Result<std::string> check_reason(std::string reason) {
  if (reason.empty()) return fail(400, R"("reason" is not allowed to be empty)");
  if (reason.size() > kLongestStatement) {
    return fail(400, fmt::format(R"("reason" must be at most {} bytes long)", kLongestStatement));
  }
  if (!is_valid_utf8(reason)) return fail(400, R"("reason" must be a text in UTF-8)");
  if (has_control_character(reason)) return fail(400, R"("reason" must be without control characters)");
  return reason;
}

}  // namespace assay
