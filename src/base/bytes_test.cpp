#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/signature.hpp"
#include "base/unicode.hpp"

namespace assay {
namespace {

TEST(Base64url, RoundTripsWithoutPadding) {
  EXPECT_EQ(to_base64url(as_bytes("\xfb\xff~")), "-_9-");
  EXPECT_EQ(from_base64url("-_9-"), "\xfb\xff~");
  EXPECT_FALSE(from_base64url("-_9-=").has_value());
  EXPECT_FALSE(from_base64url("+/9-").has_value());
}

TEST(Base64url, HasJust64Digits) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int value = 0; value < 256; ++value) {
    const auto byte = static_cast<char>(value);
    EXPECT_EQ(from_base64url(std::string("A") + byte + "AA").has_value(), kDigits.contains(byte)) << value;
  }
}

TEST(Hash, MatchesPublishedVectors) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Signature, VerifiesOnlyWhatWasSigned) {
  SystemRandom random;
  const auto key = SigningKey::generate(random);
  const auto signature = key.sign("message");
  EXPECT_TRUE(key.verifying_key().verify("message", signature));
  EXPECT_FALSE(key.verifying_key().verify("massage", signature));
  const auto again = SigningKey::parse(key.seed());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->sign("message"), signature);
}

TEST(Unicode, CountsUtf16CodeUnits) { EXPECT_EQ(utf16_length("aé€😀"), 5U); }

TEST(Unicode, TellsWellFormedUtf8) {
  EXPECT_TRUE(is_valid_utf8("aé€😀"));
  for (const auto* bytes : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xff"}) {
    EXPECT_FALSE(is_valid_utf8(bytes));
  }
}

}  // namespace
}  // namespace assay
