#include "gateway/subscription.hpp"

#include <gmock/gmock.h>

namespace assay::gateway {
namespace {

TEST(SubscriptionKey, CarriesTwoHundredAndFiftySixRandomBits) {
  SystemRandom random;
  const auto one = make_key(random);
  const auto other = make_key(random);
  EXPECT_EQ(from_base64url(one.key.reveal()).value().size(), 32U);
  EXPECT_NE(one.key.reveal(), other.key.reveal());
}

TEST(SubscriptionKey, IsKeptAsItsHashAndAShortPrefix) {
  SystemRandom random;
  const auto made = make_key(random);
  EXPECT_EQ(made.stored.hash, hash_key(made.key.reveal()));
  EXPECT_EQ(made.stored.prefix, made.key.reveal().substr(0, 8));
}

TEST(SubscriptionKey, IsHashedWithSha256) {
  EXPECT_EQ(to_hex(hash_key("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(SubscriptionScopes, AreReadBackFromTheirNames) {
  for (const auto* name : {"patients:read", "patients:write", "tests:read", "tests:write", "audit:read", "admin"}) {
    const auto scope = parse_scope(name);
    ASSERT_TRUE(scope.has_value()) << name;
    EXPECT_EQ(to_string(*scope), name);
  }
  for (const auto* name : {"", "Admin", "patients", "patients:read ", "everything"}) {
    EXPECT_FALSE(parse_scope(name).has_value()) << name;
  }
}

TEST(SubscriptionScopes, AreTheFourOfDailyWorkByDefault) {
  EXPECT_THAT(Scopes::defaults().names(),
              testing::ElementsAre("patients:read", "patients:write", "tests:read", "tests:write"));
}

TEST(SubscriptionScopes, HoldWhatWasAddedAndNothingElse) {
  Scopes scopes;
  EXPECT_TRUE(scopes.names().empty());
  scopes.add(Scope::kAdmin);
  EXPECT_TRUE(scopes.has(Scope::kAdmin));
  EXPECT_FALSE(scopes.has(Scope::kPatientsRead));
}

TEST(SubscriptionName, MayHaveLettersDigitsAFewSignsAndBlanksInside) {
  for (const auto* name : {"a", "North Laboratory", "lab-2_b.3", "7"}) {
    EXPECT_EQ(check_subscription_name(name), std::string(name));
  }
  EXPECT_TRUE(check_subscription_name(std::string(64, 'x')).has_value());
}

TEST(SubscriptionName, IsRefusedWhenNobodyCouldReadIt) {
  for (const auto* name : {"", " ", " a", "a ", "a\nb", "a/b", "\xc3\xa4", "a\tb", "a\"b"}) {
    const auto checked = check_subscription_name(name);
    ASSERT_FALSE(checked.has_value()) << name;
    EXPECT_EQ(checked.error().status, 400);
  }
  EXPECT_FALSE(check_subscription_name(std::string(65, 'x')).has_value());
}

}  // namespace
}  // namespace assay::gateway
