#include "secrets/cache.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "base/error.hpp"
#include "base/hash.hpp"

namespace assay::secrets {
namespace {

/// Secrets as the test sets them, with their values for ids.
struct Vault {
  std::map<std::string, std::vector<std::string>, std::less<>> secrets;
  bool is_away = false;
  int reads = 0;
};

class FakeProvider final : public Provider {
 public:
  explicit FakeProvider(Vault& vault) : vault_(vault) {}

  std::string place() const override { return "the test's vault"; }
  Secret read(std::string_view name) override {
    ++vault_.reads;
    if (vault_.is_away) throw Unavailable("the vault is away");
    const auto found = vault_.secrets.find(name);
    if (found == vault_.secrets.end()) throw Refusal("no such secret");
    Secret secret;
    for (const auto& value : found->second)
      secret.versions.push_back({.id = value, .value = SensitiveText::copy_of(value)});
    return secret;
  }
  std::vector<std::string> names() override { return {}; }
  std::vector<VersionNote> versions(std::string_view /*name*/) override { return {}; }
  std::string write(std::string_view /*name*/, const SensitiveText& /*value*/, std::string_view /*by*/) override {
    return {};
  }

 private:
  Vault& vault_;
};

class SecretCache : public testing::Test {
 protected:
  void look_again() {
    auto looked = boost::asio::co_spawn(context_, cache_.look_again(), boost::asio::use_future);
    context_.restart();
    context_.run();
    looked.get();
  }

  SystemClock clock_;
  SystemRandom random_;
  telemetry::Log log_{"test", telemetry::Level::kError};
  telemetry::Metrics metrics_;
  boost::asio::io_context context_{1};
  Vault vault_{.secrets = {{"cursor-key", {"one"}}}};
  telemetry::Tracer tracer_;
  Cache cache_{std::make_unique<FakeProvider>(vault_),
               {.part = "patients", .patience = std::chrono::seconds(0)},
               clock_,
               random_,
               log_,
               metrics_,
               tracer_};
};

TEST_F(SecretCache, RecordsEachLookWithItsFetches) {
  std::vector<telemetry::FinishedOperation> looks;
  tracer_.export_to([&looks](telemetry::FinishedOperation look) { looks.push_back(std::move(look)); });
  const auto keys = cache_.follow("cursor-key", &as_texts);
  look_again();
  vault_.secrets.clear();
  look_again();
  ASSERT_EQ(looks.size(), 2);
  const auto& spans = looks.front()->spans;
  ASSERT_EQ(spans.size(), 2);
  EXPECT_EQ(spans[1].parent, spans[0].id);
  EXPECT_EQ(spans[1].name, "fetch secret");
  EXPECT_EQ(spans[1].part, "patients");
  EXPECT_EQ(std::get<std::string_view>(spans[1].attributes.at(0).value), "cursor-key");
  EXPECT_FALSE(spans[1].is_error);
  EXPECT_TRUE(looks.back()->spans.at(1).is_error);
}

TEST_F(SecretCache, FollowsNewerVersions) {
  const auto keys = cache_.follow("cursor-key", &as_texts);
  EXPECT_EQ(keys->get()->at(0).reveal(), "one");
  vault_.secrets["cursor-key"] = {"two", "one"};
  EXPECT_EQ(keys->get()->size(), 1);
  look_again();
  ASSERT_EQ(keys->get()->size(), 2);
  EXPECT_EQ(keys->get()->at(0).reveal(), "two");
}

TEST_F(SecretCache, RefusesAtTheStartWhatItCanNotUse) {
  EXPECT_THROW(cache_.follow("cursor-key", &as_signing_keys), Refusal);
  EXPECT_THROW(cache_.follow("other", &as_texts), Refusal);
  vault_.is_away = true;
  EXPECT_THROW(cache_.follow("cursor-key", &as_texts), Unavailable);
}

TEST_F(SecretCache, KeepsWhatItHasWhileTheProviderIsAwayAndSaysSo) {
  const auto keys = cache_.follow("cursor-key", &as_texts);
  EXPECT_FALSE(cache_.trouble().has_value());
  vault_.is_away = true;
  look_again();
  EXPECT_EQ(keys->get()->at(0).reveal(), "one");
  ASSERT_TRUE(cache_.trouble().has_value());
  EXPECT_EQ(cache_.trouble()->reason, "the vault is away");
  EXPECT_TRUE(cache_.trouble()->is_over_patience);
  vault_.is_away = false;
  look_again();
  EXPECT_FALSE(cache_.trouble().has_value());
}

TEST_F(SecretCache, KeepsTheVersionBeforeOneThatCanNotBeUsedAndStillFollowsTheOthers) {
  const auto key = SigningKey::generate(random_);
  vault_.secrets["principal-key"] = {std::string(key.seed().reveal())};
  const auto signing = cache_.follow("principal-key", &as_signing_keys);
  const auto cursors = cache_.follow("cursor-key", &as_texts);
  vault_.secrets["principal-key"] = {"no key"};
  vault_.secrets["cursor-key"] = {"two"};
  look_again();
  EXPECT_EQ(signing->get()->front().key.verifying_key().bytes, key.verifying_key().bytes);
  EXPECT_EQ(cursors->get()->front().reveal(), "two");
  EXPECT_THAT(cache_.trouble()->reason, testing::HasSubstr("principal-key"));
}

TEST_F(SecretCache, FollowsTheKeysThatAnOwnerAccepts) {
  vault_.secrets["key.verifier"] = {to_hex(sha256("old"))};
  const auto accepted = follow_accepted(cache_, "key.verifier", KeyForm::kHex, clock_, Overlap{});
  const auto accepts = [&](std::string_view key) {
    return accepted->use([hash = sha256(key)](const Bytes32& one) { return one == hash; });
  };
  EXPECT_TRUE(accepts("old"));
  EXPECT_FALSE(accepts("new"));
  vault_.secrets["key.verifier"] = {to_hex(sha256("new")) + "\n" + to_hex(sha256("old")) + " " +
                                    to_iso8601(clock_.now())};
  look_again();
  EXPECT_TRUE(accepts("old"));
  EXPECT_TRUE(accepts("new"));
}

TEST_F(SecretCache, BoundsHowOftenItLooksOutOfTurn) {
  cache_.follow("cursor-key", &as_texts);
  const auto before = vault_.reads;
  for (int i = 0; i < 100; ++i) look_again();
  EXPECT_GE(vault_.reads - before, 10);
  EXPECT_LT(vault_.reads - before, 50);
}

}  // namespace
}  // namespace assay::secrets
