#include "base/reason.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

std::string fault_of(std::string reason) {
  const auto checked = check_reason(std::move(reason));
  return checked ? "" : checked.error().detail;
}

TEST(Reason, IsAnyTextThatFits) {
  for (const auto* reason : {"x", "Brief vom 20. November, § 17", "\u00a0\u00ad", "\u2028"}) {
    EXPECT_EQ(check_reason(reason).value(), reason);
  }
  EXPECT_EQ(fault_of(std::string(kLongestStatement, 'x')), "");
}

TEST(Reason, IsRefusedByItsFault) {
  EXPECT_EQ(fault_of(""), R"("reason" is not allowed to be empty)");
  EXPECT_EQ(fault_of(std::string(kLongestStatement + 1, 'x')), R"("reason" must be at most 256 bytes long)");
  EXPECT_EQ(fault_of("\xff"), R"("reason" must be a text in UTF-8)");
  for (const auto* reason : {"a\nb", "\t", "a\x1b[2J", "\x7f", "\u0080", "a\u009f"}) {
    EXPECT_EQ(fault_of(reason), R"("reason" must be without control characters)");
  }
}

}  // namespace
}  // namespace assay
