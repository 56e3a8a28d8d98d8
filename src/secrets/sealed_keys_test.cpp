#include <gmock/gmock.h>
#include <sodium.h>

#include "base/random.hpp"
#include "secrets/identity_key.hpp"
#include "secrets/operator_key.hpp"

namespace assay::secrets {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr PassphraseCost kCheap{.operations = crypto_pwhash_OPSLIMIT_MIN, .memory = crypto_pwhash_MEMLIMIT_MIN};

SensitiveText text_of(std::string text) { return SensitiveText(std::move(text)); }

class SealedKeys : public testing::Test {
 protected:
  SystemRandom random_;
  OperatorKey operator_ = OperatorKey::generate(random_);
  IdentityKey identity_ = IdentityKey::generate("gateway", operator_.verifying_key(), random_);
};

TEST_F(SealedKeys, OfAnIdentityIsReadBackWithTheOperatorThatIsPinnedInIt) {
  EXPECT_THAT(std::string(identity_.to_text().reveal()), StartsWith("assay-identity-1 gateway "));
  const auto again = IdentityKey::parse(identity_.to_text()).value();
  EXPECT_EQ(again.name(), "gateway");
  EXPECT_EQ(again.public_key(), identity_.public_key());
  EXPECT_EQ(again.operator_key().bytes, operator_.verifying_key().bytes);
  EXPECT_EQ(again.open(seal_to(identity_.public_key(), text_of("value"))).value().reveal(), "value");
}

TEST_F(SealedKeys, OpenWhatIsSealedToThemAlone) {
  const auto other = IdentityKey::generate("audit", operator_.verifying_key(), random_);
  auto sealed = seal_to(identity_.public_key(), text_of("value"));
  EXPECT_FALSE(other.open(sealed).has_value());
  EXPECT_FALSE(identity_.open("").has_value());
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(identity_.open(altered).has_value()) << i;
  }
}

TEST_F(SealedKeys, OfAnIdentityAreReadInTheirOneFormOnly) {
  const std::string whole(identity_.to_text().reveal());
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    EXPECT_FALSE(IdentityKey::parse(text_of(whole.substr(0, size))).has_value()) << size;
  }
  EXPECT_FALSE(IdentityKey::parse(text_of(whole + "x")).has_value());
  EXPECT_FALSE(IdentityKey::parse(text_of("assay-identity-2" + whole.substr(16))).has_value());
}

TEST_F(SealedKeys, OfAnOperatorAreReadBackInBothForms) {
  const auto passphrase = text_of("correct horse");
  const auto plain = operator_.to_text();
  const auto encrypted = operator_.to_text(passphrase, random_, kCheap);
  EXPECT_FALSE(OperatorKey::needs_passphrase(plain));
  EXPECT_TRUE(OperatorKey::needs_passphrase(encrypted));
  EXPECT_EQ(OperatorKey::parse(plain, {}).value().verifying_key().bytes, operator_.verifying_key().bytes);
  EXPECT_EQ(OperatorKey::parse(encrypted, passphrase).value().verifying_key().bytes, operator_.verifying_key().bytes);
  EXPECT_EQ(encrypted.reveal().find(operator_.signing_key().seed().reveal()), std::string_view::npos);
}

TEST_F(SealedKeys, OfAnOperatorAreClosedToAWrongPassphrase) {
  const auto encrypted = operator_.to_text(text_of("correct horse"), random_, kCheap);
  EXPECT_THAT(OperatorKey::parse(encrypted, text_of("battery")).error(), HasSubstr("wrong one"));
  EXPECT_THAT(OperatorKey::parse(encrypted, {}).error(), HasSubstr("passphrase is needed"));
}

TEST_F(SealedKeys, OfAnOperatorAreReadInTheirFormsOnly) {
  const auto passphrase = text_of("correct horse");
  for (const auto& key : {operator_.to_text(), operator_.to_text(passphrase, random_, kCheap)}) {
    const std::string whole(key.reveal());
    for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
      EXPECT_FALSE(OperatorKey::parse(text_of(whole.substr(0, size)), passphrase).has_value()) << size;
    }
  }
  const std::string costly =
      "assay-operator-1 argon2id 3 99999999999999 " + std::string(22, 'A') + " " + std::string(200, 'A');
  EXPECT_FALSE(OperatorKey::parse(text_of(costly), passphrase).has_value());
}

TEST_F(SealedKeys, OfAnOperatorHaveAnIdentityThatFollowsFromThem) {
  const auto again = OperatorKey::parse(operator_.to_text(), {}).value();
  EXPECT_EQ(again.identity().public_key(), operator_.identity().public_key());
  EXPECT_EQ(again.identity().name(), "operator");
}

TEST(SealedName, HasNothingThatCouldEndIt) {
  EXPECT_TRUE(is_sealed_name("audit-host-key.verifier"));
  for (const auto* name : {"", "a\nb", "a b", "A", "a/b", "é"}) EXPECT_FALSE(is_sealed_name(name)) << name;
  EXPECT_FALSE(is_sealed_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace assay::secrets
