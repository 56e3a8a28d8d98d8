#include "base/uuid.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Uuid, GeneratesVersionFourThatReadsBack) {
  SystemRandom random;
  const auto uuid = Uuid::generate(random);
  const auto text = uuid.to_string();
  EXPECT_EQ(text.size(), 36U);
  EXPECT_EQ(text[14], '4');
  EXPECT_TRUE(text[19] == '8' || text[19] == '9' || text[19] == 'a' || text[19] == 'b');
  EXPECT_EQ(Uuid::parse(text), uuid);
  EXPECT_NE(Uuid::generate(random), uuid);
}

TEST(Uuid, IsValidInUpperCaseButNamesNothing) {
  constexpr std::string_view kUpper = "AAAAAAAA-1111-4111-8111-111111111111";
  EXPECT_TRUE(is_uuid(kUpper));
  EXPECT_FALSE(Uuid::parse(kUpper).has_value());
}

TEST(Uuid, RefusesEveryOtherForm) {
  for (const auto* text : {"", "1", "aaaaaaaa11114111811111111111111111111", "aaaaaaaa-1111-4111-8111-11111111111",
                           "aaaaaaaa-1111-4111-8111-11111111111g", "{aaaaaaa-1111-4111-8111-111111111111"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

TEST(Uuid, GeneratesOrderedOnesOfVersion7) {
  SystemRandom random;
  const Timestamp now{std::chrono::milliseconds(0x017F22E279B0)};
  const auto text = Uuid::generate_ordered(random, now).to_string();
  EXPECT_EQ(text.substr(0, 15), "017f22e2-79b0-7");
  EXPECT_NE(std::string_view("89ab").find(text[19]), std::string_view::npos);
  EXPECT_NE(text, Uuid::generate_ordered(random, now).to_string());
  EXPECT_LT(Uuid::generate_ordered(random, now), Uuid::generate_ordered(random, now + std::chrono::milliseconds(1)));
}

}  // namespace
}  // namespace assay
