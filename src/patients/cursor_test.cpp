#include "patients/cursor.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "base/bytes.hpp"

namespace assay::patients {
namespace {

http::Context context_of(std::string kind, std::string id) {
  http::Context context;
  context.principal =
      Principal{.kind = std::move(kind), .id = std::move(id), .name = {}, .on_behalf_of = {}, .purpose_of_use = {}};
  return context;
}

/// Fills with 0, 1, 2, …
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override { std::iota(out.begin(), out.end(), std::uint8_t{0}); }
};

const SensitiveText kKey("a key of the test");
constexpr Position kPosition{.birth_day = std::chrono::sys_days(std::chrono::days(-40'000)), .row = 77};

class CursorTest : public testing::Test {
 protected:
  http::Context context_ = context_of("subscription", "1");
  CursorScope scope_{"{}", context_};
  SystemRandom random_;
  std::string cursor_ = encode_cursor(kPosition, scope_, kKey, random_);
};

TEST_F(CursorTest, ComesBackAsThePosition) {
  EXPECT_EQ(decode_cursor(cursor_, scope_, {kKey}), kPosition);
  const Position last{.birth_day = std::chrono::sys_days(std::chrono::days(3'000'000)), .row = INT64_MAX};
  EXPECT_EQ(decode_cursor(encode_cursor(last, scope_, kKey, random_), scope_, {kKey}), last);
}

TEST_F(CursorTest, IsWrittenAsTheDocumentationShows) {
  const SensitiveText key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
  const auto context = context_of("subscription", "820c609c-f674-48da-a63e-54b1d884366a");
  const CursorScope scope{R"({"gender":"male"})", context};
  CountingRandom random;
  const auto cursor = encode_cursor({.birth_day = {}, .row = 2}, scope, key, random);
  EXPECT_EQ(cursor, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXz0xlK37tKyiT3zI5g2weQHv3cNJd85KSKw0aYQ");
}

TEST_F(CursorTest, TellsNothingOfThePosition) {
  const auto bytes = from_base64url(cursor_).value();
  const auto again = from_base64url(encode_cursor(kPosition, scope_, kKey, random_)).value();
  ASSERT_EQ(bytes.size(), again.size());
  EXPECT_FALSE(bytes.contains(std::string_view("\0\0\0\0\0\0\0\x4d", 8)));
  for (std::size_t i = 0; i + 8 <= bytes.size(); ++i) EXPECT_FALSE(again.contains(bytes.substr(i, 8))) << i;
}

TEST_F(CursorTest, ServesItsOwnCriteriaOnly) {
  EXPECT_FALSE(decode_cursor(cursor_, {R"({"gender":"male"})", context_}, {kKey}));
}

TEST_F(CursorTest, ServesItsOwnPrincipalOnly) {
  for (const auto& other : {context_of("subscription", "2"), context_of("operator", "1"), http::Context{}}) {
    EXPECT_FALSE(decode_cursor(cursor_, {"{}", other}, {kKey}));
  }
}

TEST_F(CursorTest, DoesNotMixUpWhereATextEnds) {
  const auto other = context_of("subscriptio", "n1");
  EXPECT_FALSE(decode_cursor(cursor_, {"{}", other}, {kKey}));
}

TEST_F(CursorTest, IsOpenedByTheKeyBeforeTheNewestToo) {
  EXPECT_EQ(decode_cursor(cursor_, scope_, {SensitiveText("newer"), kKey}), kPosition);
}

TEST_F(CursorTest, ServesItsOwnKeyOnly) { EXPECT_FALSE(decode_cursor(cursor_, scope_, {SensitiveText("another")})); }

TEST_F(CursorTest, IsWorthNothingWhenAnyCharacterIsChanged) {
  for (std::size_t i = 0; i < cursor_.size(); ++i) {
    auto changed = cursor_;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(decode_cursor(changed, scope_, {kKey})) << i;
  }
  for (const auto* text : {"", "x", "AAAA", "null", "../.."}) EXPECT_FALSE(decode_cursor(text, scope_, {kKey})) << text;
  EXPECT_FALSE(decode_cursor(cursor_ + "A", scope_, {kKey}));
  EXPECT_FALSE(decode_cursor(cursor_.substr(0, cursor_.size() - 4), scope_, {kKey}));
}

}  // namespace
}  // namespace assay::patients
