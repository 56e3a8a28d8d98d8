#include "merkle/verifier_key.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "merkle/text_mutations.hpp"

namespace assay::merkle {
namespace {

// The example of C2SP signed-note.
constexpr std::string_view kExample = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

TEST(VerifierKey, ReadsThePublishedExample) {
  const auto key = VerifierKey::parse(kExample);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->name, "example.com/foo");
  EXPECT_EQ(to_hex(key->id()), "530d903a");
  EXPECT_EQ(key->to_string(), kExample);
}

TEST(VerifierKey, ReadsBackWhatItWrites) {
  SystemRandom random;
  const VerifierKey key{.name = "log.example/é", .key = SigningKey::generate(random).verifying_key()};
  const auto again = VerifierKey::parse(key.to_string());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->name, key.name);
  EXPECT_EQ(again->key.bytes, key.key.bytes);
}

TEST(VerifierKey, RefusesEveryChange) {
  for (const auto& text : mutations_of(kExample)) {
    const auto key = VerifierKey::parse(text);
    EXPECT_TRUE(!key || text == kExample) << text;
  }
}

TEST(VerifierKey, RefusesOtherTypesAndForms) {
  for (const auto* text : {"", "+", "++", "example.com/foo", "example.com/foo+530d903a", "example.com/foo+530d903a+",
                           "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                           // A cosignature key: type 4, with the right id.
                           "example.com/foo+7c264079+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                           "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q=="}) {
    EXPECT_FALSE(VerifierKey::parse(text).has_value()) << text;
  }
}

TEST(KeyName, HasNoSpacesControlsOrPlus) {
  for (const auto* name : {"a", "example.com/log", "日本.example", "a-b_c"}) EXPECT_TRUE(is_key_name(name)) << name;
  for (const auto* name : {"", " ", "a b", "a+b", "a\nb", "a\tb", "a\u0085", "a\u00a0", "\u1680", "\u2000", "\u200a",
                           "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\xff", "\xe2\x80"}) {
    EXPECT_FALSE(is_key_name(name)) << name;
  }
}

}  // namespace
}  // namespace assay::merkle
