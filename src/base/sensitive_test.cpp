#include "base/sensitive.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

namespace assay {
namespace {

static_assert(!std::is_constructible_v<SensitiveText, std::string&>, "a text that stays behind isn't wiped");

TEST(SensitiveText, WipesTheTextThatItIsGivenHoweverShort) {
  for (const std::size_t size : {1U, 8U, 15U, 16U, 1000U}) {
    std::string given(size, 's');
    const char* const bytes = given.data();
    const SensitiveText text(std::move(given));
    EXPECT_EQ(text.reveal(), std::string(size, 's'));
    EXPECT_EQ(std::count(bytes, bytes + size, 's'), 0) << size;
  }
}

TEST(SensitiveText, WipesAlsoWhatTheTextHadBehindItsEnd) {
  std::string given(100, 's');
  given.resize(10);
  const char* const bytes = given.data();
  const SensitiveText text(std::move(given));
  EXPECT_EQ(std::count(bytes, bytes + 100, 's'), 0);
}

TEST(SensitiveText, LeavesNothingBehindWhenItIsMoved) {
  SensitiveText from(std::string("short"));
  const auto* const bytes = from.reveal().data();
  const SensitiveText to(std::move(from));
  EXPECT_EQ(to.reveal().data(), bytes);
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is the question
}

TEST(SensitiveText, IsCopiedAsATextOfItsOwn) {
  const SensitiveText text(std::string("secret"));
  SensitiveText copy(text);
  EXPECT_EQ(copy.reveal(), "secret");
  EXPECT_NE(copy.reveal().data(), text.reveal().data());
  copy = SensitiveText(std::string("other"));
  EXPECT_EQ(text.reveal(), "secret");
  copy = text;
  EXPECT_EQ(copy.reveal(), "secret");
}

TEST(SensitiveText, IsJoinedOfParts) { EXPECT_EQ(SensitiveText::joined({"one", "", " ", "two"}).reveal(), "one two"); }

TEST(SensitiveText, IsEmptyWithoutMemory) {
  EXPECT_TRUE(SensitiveText().empty());
  EXPECT_TRUE(SensitiveText(std::string()).empty());
  EXPECT_EQ(SensitiveText().reveal(), "");
}

}  // namespace
}  // namespace assay
