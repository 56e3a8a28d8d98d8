#include "audit/log_signer.hpp"

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "merkle/note.hpp"

namespace assay::audit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp kNow{std::chrono::seconds(1'764'000'000)};

class LogSignerTest : public testing::Test {
 protected:
  std::vector<merkle::VerifierKey> signers_of(const std::string& note) const {
    return merkle::verify(*merkle::Note::parse(note), std::vector{verifier_of(old_), verifier_of(new_)}).value();
  }
  static merkle::VerifierKey verifier_of(const SigningKey& key) {
    return {.name = "log.test/1", .key = key.verifying_key()};
  }

  SystemRandom random_;
  SigningKey old_ = SigningKey::generate(random_);
  SigningKey new_ = SigningKey::generate(random_);
};

std::vector<std::string> texts(const std::vector<merkle::VerifierKey>& keys) {
  std::vector<std::string> texts;
  for (const auto& key : keys) texts.push_back(key.to_string());
  return texts;
}

TEST_F(LogSignerTest, SignsWithTheKeyBeforeTooUntilTheOverlapIsOver) {
  const LogSigner signer{
      .origin = "log.test/1", .key = new_, .former = FormerKey{.key = old_, .until = kNow, .last_size = 7}};
  const auto signers = [&](std::uint64_t size, Timestamp now) {
    return texts(signers_of(signer.sign({.size = size, .root = {}}, now).note));
  };
  const auto older = verifier_of(old_).to_string();
  const auto newer = verifier_of(new_).to_string();
  EXPECT_THAT(signers(8, kNow - std::chrono::milliseconds(1)), ElementsAre(older, newer));
  EXPECT_THAT(signers(8, kNow), ElementsAre(newer));
  // For which the new key was not in force.
  EXPECT_THAT(signers(7, kNow), ElementsAre(older, newer));
}

TEST_F(LogSignerTest, IsFoundByWhicheverVersionItsKeyFollowsFrom) {
  const std::vector<SensitiveText> versions{SensitiveText("b"), SensitiveText("a")};
  const merkle::VerifierKey verifier{.name = "log.test/1",
                                     .key = derive_log_key(versions[1], "log.test/1").verifying_key()};
  EXPECT_EQ(find_signer(versions, verifier.to_string())->key.verifying_key().bytes, verifier.key.bytes);
  EXPECT_FALSE(find_signer({versions.data(), 1}, verifier.to_string()));
  EXPECT_FALSE(find_signer(versions, "x"));
}

TEST_F(LogSignerTest, KnowsWhichKeysWereInForceAtASize) {
  const auto first = verifier_of(old_).to_string();
  const auto second = verifier_of(new_).to_string();
  const auto third = verifier_of(SigningKey::generate(random_)).to_string();
  const auto other = merkle::VerifierKey{.name = "log.test/2", .key = new_.verifying_key()}.to_string();
  const std::vector<LogOrigin> origins{{.verifier_key = first, .first_size = 2},
                                       {.verifier_key = second, .first_size = 5},
                                       {.verifier_key = third, .first_size = 9},
                                       {.verifier_key = other, .first_size = 12}};
  const auto at = [&](std::uint64_t size) { return texts(keys_in_force(origins, "log.test/1", size)); };
  EXPECT_THAT(at(1), ElementsAre(first));
  EXPECT_THAT(at(4), ElementsAre(first));
  EXPECT_THAT(at(5), ElementsAre(first, second));
  EXPECT_THAT(at(6), ElementsAre(second));
  EXPECT_THAT(at(9), ElementsAre(second, third));
  EXPECT_THAT(at(20), ElementsAre(third));
  EXPECT_THAT(keys_in_force(origins, "log.test/3", 5), IsEmpty());
}

TEST(LogKey, FollowsFromSecretAndNameAlone) {
  const auto key = [](const char* secret, const char* origin) {
    return derive_log_key(SensitiveText(secret), origin).verifying_key().to_string();
  };
  EXPECT_EQ(key("a secret", "log.test/1"), "BqhZnmKjV0B1HGJiPmuqFrwrM8Vn80d0A-4pTDH6AmU");
  EXPECT_NE(key("a secret", "log.test/1"), key("a secret", "log.test/2"));
  EXPECT_NE(key("a secret", "log.test/1"), key("another", "log.test/1"));
}

}  // namespace
}  // namespace assay::audit
