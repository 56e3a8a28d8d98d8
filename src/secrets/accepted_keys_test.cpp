#include "secrets/accepted_keys.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/fixed_clock.hpp"
#include "base/hash.hpp"

namespace assay::secrets {
namespace {

using std::chrono::minutes;

class AcceptedKeysOfAnOwner : public testing::Test {
 protected:
  bool accepts(const Bytes32& key) {
    return keys_.use([&key](const Bytes32& one) { return one == key; });
  }
  void supersede() {
    keys_.replace({{.bytes = new_, .superseded = std::nullopt}, {.bytes = old_, .superseded = clock_.now()}});
  }

  FixedClock clock_;
  AcceptedKeys keys_{clock_, {.unused = minutes(10), .limit = minutes(60)}};
  const Bytes32 old_ = sha256("old");
  const Bytes32 new_ = sha256("new");
};

TEST_F(AcceptedKeysOfAnOwner, AreTheNewestForEver) {
  keys_.replace({{.bytes = old_, .superseded = std::nullopt}});
  clock_.moment += std::chrono::days(1000);
  EXPECT_TRUE(accepts(old_));
  EXPECT_FALSE(accepts(new_));
}

TEST_F(AcceptedKeysOfAnOwner, AreASupersededOneUntilItWasNotUsedForTheOverlap) {
  keys_.replace({{.bytes = old_, .superseded = std::nullopt}});
  supersede();
  EXPECT_TRUE(accepts(new_));
  clock_.moment += minutes(9);
  EXPECT_TRUE(accepts(old_));
  clock_.moment += minutes(9);
  EXPECT_TRUE(accepts(old_));
  EXPECT_EQ(keys_.others(), 1);
  clock_.moment += minutes(10);
  EXPECT_EQ(keys_.others(), 0);
  EXPECT_FALSE(accepts(old_));
  EXPECT_TRUE(accepts(new_));
}

TEST_F(AcceptedKeysOfAnOwner, KeepTheirLastUseWhenTheListIsReadAgain) {
  supersede();
  clock_.moment += minutes(9);
  supersede();
  keys_.replace(
      {{.bytes = new_, .superseded = std::nullopt}, {.bytes = old_, .superseded = clock_.now() - minutes(9)}});
  clock_.moment += minutes(1);
  EXPECT_FALSE(accepts(old_));
}

TEST_F(AcceptedKeysOfAnOwner, CountAStartAsAUse) {
  keys_.replace(
      {{.bytes = new_, .superseded = std::nullopt}, {.bytes = old_, .superseded = clock_.now() - minutes(59)}});
  EXPECT_TRUE(accepts(old_));
}

TEST_F(AcceptedKeysOfAnOwner, AreNoneThatWasSupersededLongAgo) {
  supersede();
  for (int i = 0; i < 12; ++i) {
    EXPECT_TRUE(accepts(old_));
    clock_.moment += minutes(5);
  }
  EXPECT_FALSE(accepts(old_));
  EXPECT_TRUE(accepts(new_));
}

TEST_F(AcceptedKeysOfAnOwner, AreNotOnesThatAClockAheadSaysAreSupersededLater) {
  keys_.replace({{.bytes = new_, .superseded = std::nullopt},
                 {.bytes = old_, .superseded = clock_.now() + std::chrono::days(365)}});
  clock_.moment += minutes(10);
  EXPECT_FALSE(accepts(old_));
}

TEST_F(AcceptedKeysOfAnOwner, CountTheOneBeforeOfARotationThatIsUnderWay) {
  keys_.replace({{.bytes = new_, .superseded = std::nullopt}, {.bytes = old_, .superseded = std::nullopt}});
  EXPECT_EQ(keys_.others(), 1);
}

TEST_F(AcceptedKeysOfAnOwner, AreNeverTriedOnceTheyAreNotAccepted) {
  supersede();
  clock_.moment += minutes(60);
  int tried = 0;
  keys_.use([&tried](const Bytes32& /*key*/) {
    ++tried;
    return true;
  });
  EXPECT_EQ(tried, 1);
}

TEST_F(AcceptedKeysOfAnOwner, AreGoneAtOnceWhenTheListLacksThem) {
  supersede();
  keys_.replace({{.bytes = new_, .superseded = std::nullopt}});
  EXPECT_FALSE(accepts(old_));
}

TEST(KeyList, IsReadAsItIsWritten) {
  const std::vector<ListedKey> keys{
      {.bytes = sha256("new"), .superseded = std::nullopt},
      {.bytes = sha256("old"), .superseded = Timestamp(std::chrono::seconds(1764000000))}};
  for (const auto form : {KeyForm::kHex, KeyForm::kBase64url})
    EXPECT_EQ(parse_key_list(to_text(keys, form), form), keys);
}

TEST(KeyList, TakesALoneKey) {
  const auto key = sha256("key");
  EXPECT_EQ(parse_key_list(to_hex(key), KeyForm::kHex),
            (std::vector<ListedKey>{{.bytes = key, .superseded = std::nullopt}}));
}

TEST(KeyList, RefusesWhatIsNone) {
  const auto key = to_hex(sha256("key"));
  for (const auto* form :
       {"", "{0}{0}", "{0}0", "{0} yesterday", "{0} 2026-01-31T23:59:59.999Z", "{0}\n\n{0}", "\n{0}"}) {
    const auto text = fmt::format(fmt::runtime(form), key);
    EXPECT_EQ(parse_key_list(text, KeyForm::kHex), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace assay::secrets
