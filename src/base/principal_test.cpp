#include "base/principal.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

class PrincipalToken : public testing::Test {
 protected:
  SystemRandom random_;
  SigningKey key_ = SigningKey::generate(random_);
  Timestamp now_{std::chrono::seconds(1764000000)};
  Principal principal_{.kind = "subscription",
                       .id = "s-1",
                       .name = "laboratory",
                       .on_behalf_of = "Dr \"Who\"",
                       .purpose_of_use = "TREAT"};
  std::string token_ = sign_principal(principal_, "0af7651916cd43dd8448eb211c80319c", now_, key_);
};

TEST_F(PrincipalToken, ProvesWhoAndUnderWhichOperation) {
  const auto verified = verify_principal(token_, now_, key_.verifying_key());
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(verified->principal, principal_);
  EXPECT_EQ(verified->operation_id, "0af7651916cd43dd8448eb211c80319c");
}

TEST_F(PrincipalToken, IsRefusedUnderAnotherKey) {
  EXPECT_FALSE(verify_principal(token_, now_, SigningKey::generate(random_).verifying_key()).has_value());
}

TEST_F(PrincipalToken, IsRefusedOnceExpiredOrFromTheFuture) {
  EXPECT_FALSE(verify_principal(token_, now_ + kPrincipalLifetime, key_.verifying_key()).has_value());
  EXPECT_FALSE(verify_principal(token_, now_ - std::chrono::minutes(10), key_.verifying_key()).has_value());
}

TEST_F(PrincipalToken, IsRefusedWhenAnyCharacterChanges) {
  for (std::size_t i = 0; i < token_.size(); ++i) {
    auto changed = token_;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto verified = verify_principal(changed, now_, key_.verifying_key());
    // The last character of a base64 group may carry unused bits; the content must never differ.
    if (verified) EXPECT_EQ(verified->principal, principal_) << i;
  }
}

TEST_F(PrincipalToken, IsRefusedWhenItIsNoToken) {
  for (const auto* text : {"", ".", "..", "a.b.c", "a.b"}) {
    EXPECT_FALSE(verify_principal(text, now_, key_.verifying_key()).has_value()) << text;
  }
}

}  // namespace
}  // namespace assay
