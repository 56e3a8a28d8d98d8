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

TEST(Base64, HasJust64Digits) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int value = 0; value < 256; ++value) {
    const auto byte = static_cast<char>(value);
    EXPECT_EQ(from_base64(std::string("A") + byte + "AA").has_value(), kDigits.contains(byte)) << value;
  }
}

TEST(Base64, MatchesPublishedVectors) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"},
                                                                    {"\xfb\xff~", "+/9+"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(as_bytes(bytes)), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, RefusesEveryOtherForm) {
  for (const auto* text :
       {"Zg", "Zg=", "Zg===", "Zg==\n", " Zg==", "Zh==", "Zm9=", "Zm9v=", "Z", "====", "-_9-", "Zg==Zg=="}) {
    EXPECT_FALSE(from_base64(text).has_value()) << text;
  }
}

TEST(Hash, TakesPartsAsOneText) {
  EXPECT_EQ(sha256_of_parts({as_bytes("a"), as_bytes(""), as_bytes("bc")}), sha256("abc"));
  EXPECT_EQ(sha256_of_parts({}), sha256(""));
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
