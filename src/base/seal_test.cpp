#include "base/seal.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace assay {
namespace {

constexpr std::string_view kText = "Ladies and Gentlemen of the class of '99";

class Counting final : public Random {
 public:
  explicit Counting(std::uint8_t first) : next_(first) {}
  void fill(std::span<std::uint8_t> out) override { std::iota(out.begin(), out.end(), next_); }

 private:
  std::uint8_t next_;
};

Bytes32 key_from(std::uint8_t first) {
  Bytes32 key;
  std::iota(key.begin(), key.end(), first);
  return key;
}

class SealTest : public testing::Test {
 protected:
  SystemRandom random_;
  Bytes32 key_ = key_from(0x80);
  std::string sealed_ = seal(kText, "who", key_, random_);
};

/// Key, nonce, text and associated data of appendix A.3.1 of the draft.
TEST(Seal, IsTheAlgorithmOfItsName) {
  const std::string text =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be "
      "it.";
  const std::string_view associated("\x50\x51\x52\x53\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7", 12);
  Counting random(0x40);
  const auto sealed = seal(text, associated, key_from(0x80), random);
  EXPECT_EQ(to_hex(as_bytes(sealed).subspan(24, 16)), "bd6d179d3e83d43b9576579493c0e939");
  EXPECT_EQ(to_hex(as_bytes(sealed).last(16)), "c0875924c1c7987947deafd8780acf49");
}

TEST_F(SealTest, ComesBackForWhoKnowsKeyAndAssociatedData) {
  EXPECT_EQ(unseal(sealed_, "who", key_), kText);
  EXPECT_FALSE(unseal(sealed_, "who else", key_));
  EXPECT_FALSE(unseal(sealed_, "who", key_from(0x81)));
}

TEST_F(SealTest, HidesTheTextAndLooksDifferentEachTime) {
  EXPECT_FALSE(sealed_.contains(kText.substr(0, 4)));
  EXPECT_NE(seal(kText, "who", key_, random_).substr(24), sealed_.substr(24));
}

TEST_F(SealTest, IsWorthNothingWhenAnyByteIsChangedOrMissing) {
  for (std::size_t i = 0; i < sealed_.size(); ++i) {
    auto changed = sealed_;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(unseal(changed, "who", key_)) << i;
    EXPECT_FALSE(unseal(sealed_.substr(0, i), "who", key_)) << i;
  }
}

}  // namespace
}  // namespace assay
