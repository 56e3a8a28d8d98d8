#include "secrets/rotation.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "base/fixed_clock.hpp"
#include "base/hash.hpp"
#include "base/temporary_folder.hpp"
#include "secrets/accepted_keys.hpp"
#include "secrets/part_folders.hpp"

namespace assay::secrets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Breaks off before the write of that number.
class BreakingProvider final : public Provider {
 public:
  BreakingProvider(Provider& inner, int writes) : inner_(inner), writes_(writes) {}

  std::string place() const override { return inner_.place(); }
  Secret read(std::string_view name) override { return inner_.read(name); }
  std::vector<std::string> names() override { return inner_.names(); }
  std::vector<VersionNote> versions(std::string_view name) override { return inner_.versions(name); }
  std::string write(std::string_view name, const SensitiveText& value, std::string_view by) override {
    if (writes_-- == 0) throw Unavailable("broken off");
    return inner_.write(name, value, by);
  }

 private:
  Provider& inner_;
  int writes_;
};

class SecretRotation : public testing::Test {
 protected:
  SecretRotation() { initialise(root_, random_); }

  Rotated rotate_in(Provider& provider, std::string_view name, bool is_compromised = false) {
    return rotate(provider, {.name = name, .changed_by = "anna", .is_compromised = is_compromised}, random_, clock_);
  }
  std::string value(std::string_view name) { return std::string(folders_.read(name).newest().value.reveal()); }
  std::vector<ListedKey> accepted() { return parse_key_list(value("audit-host-key.verifier"), KeyForm::kHex).value(); }

  TemporaryFolder folder_;
  std::filesystem::path root_ = folder_.path() / "secrets";
  SystemRandom random_;
  FixedClock clock_;
  PartFolders folders_{root_};
};

TEST_F(SecretRotation, IsDueForWhatTheProgramMakesAndIsOldButForTheLogsKey) {
  folders_.write("patients-store", SensitiveText("given"), "anna");
  const std::chrono::days age(30);
  clock_.moment = SystemClock().now() + age - std::chrono::days(2);
  EXPECT_THAT(find_due(folders_, age, clock_), testing::IsEmpty());
  clock_.moment += std::chrono::days(3);
  EXPECT_THAT(find_due(folders_, age, clock_),
              ElementsAre("audit-gateway-key", "audit-host-key", "cursor-key", "patients-host-key", "principal-key"));
}

TEST_F(SecretRotation, TellsTheOwnerOfTheNewKeyAndSinceWhenTheOldOneIsSuperseded) {
  const auto old_key = value("audit-host-key");
  EXPECT_TRUE(rotate_in(folders_, "audit-host-key").old_is_accepted);
  const auto new_key = value("audit-host-key");
  EXPECT_NE(new_key, old_key);
  EXPECT_THAT(accepted(), ElementsAre(ListedKey{.bytes = sha256(new_key), .superseded = std::nullopt},
                                      ListedKey{.bytes = sha256(old_key), .superseded = clock_.now()}));
  clock_.moment += std::chrono::minutes(1);
  rotate_in(folders_, "audit-host-key");
  EXPECT_EQ(accepted().at(1).superseded, clock_.now());
  EXPECT_EQ(accepted().at(2).superseded, clock_.now() - std::chrono::minutes(1));
}

TEST_F(SecretRotation, TellsBothServicesOfANewSigningKey) {
  rotate_in(folders_, "principal-key");
  const auto key = SigningKey::parse(SensitiveText(value("principal-key"))).value();
  for (const auto part : {kPatients, kAudit}) {
    const auto text = FolderProvider(root_ / part).read("principal-key.pub");
    const auto keys = parse_key_list(text.newest().value.reveal(), KeyForm::kBase64url).value();
    EXPECT_EQ(keys.at(0).bytes, key.verifying_key().bytes);
    EXPECT_EQ(keys.size(), 2);
  }
}

TEST_F(SecretRotation, ShutsNobodyOutWhereverItIsBrokenOffAndGoesOnFromThere) {
  for (int writes = 0; writes < 3; ++writes) {
    BreakingProvider breaking(folders_, writes);
    EXPECT_THROW(rotate_in(breaking, "audit-host-key"), Unavailable);
    const auto used = sha256(value("audit-host-key"));
    const auto keys = accepted();
    const auto found = std::ranges::find(keys, used, &ListedKey::bytes);
    ASSERT_NE(found, keys.end());
    EXPECT_FALSE(found->superseded.has_value());
  }
  rotate_in(folders_, "audit-host-key");
  const auto keys = accepted();
  EXPECT_EQ(keys.front().bytes, sha256(value("audit-host-key")));
  for (std::size_t i = 1; i < keys.size(); ++i) EXPECT_TRUE(keys[i].superseded.has_value());
}

TEST_F(SecretRotation, KeepsTheKeyInUseHoweverOftenARotationIsBrokenOff) {
  const auto used = sha256(value("audit-host-key"));
  for (int i = 0; i < 30; ++i) {
    BreakingProvider breaking(folders_, 1);
    EXPECT_THROW(rotate_in(breaking, "audit-host-key"), Unavailable);
  }
  const auto keys = accepted();
  EXPECT_NE(std::ranges::find(keys, used, &ListedKey::bytes), keys.end());
}

TEST_F(SecretRotation, LeavesNoOlderCursorKeyWhereThatIsCompromised) {
  const auto old_key = value("cursor-key");
  rotate_in(folders_, "cursor-key", true);
  for (const auto& version : folders_.read("cursor-key").versions) EXPECT_NE(version.value.reveal(), old_key);
}

TEST_F(SecretRotation, LeavesOnlyTheNewKeyWhereTheOldOneIsCompromised) {
  rotate_in(folders_, "audit-host-key");
  EXPECT_FALSE(rotate_in(folders_, "audit-host-key", true).old_is_accepted);
  EXPECT_EQ(accepted().size(), 1);
}

TEST_F(SecretRotation, KeepsTheListBounded) {
  for (int i = 0; i < 30; ++i) rotate_in(folders_, "audit-host-key");
  EXPECT_EQ(accepted().size(), 16);
}

TEST_F(SecretRotation, KeepsTheCursorKeyBefore) {
  const auto old_key = value("cursor-key");
  rotate_in(folders_, "cursor-key");
  EXPECT_EQ(folders_.read("cursor-key").versions.at(1).value.reveal(), old_key);
}

/// The clock of this test is that of the files.
class LogKeyRotation : public SecretRotation {
 protected:
  LogKeyRotation() { clock_.moment = SystemClock().now(); }

  std::string refusal(std::optional<std::chrono::days> overlap, bool is_compromised = false) {
    try {
      rotate(
          folders_,
          {.name = "audit-log-key", .changed_by = "anna", .is_compromised = is_compromised, .log_key_overlap = overlap},
          random_, clock_);
    } catch (const Refusal& refusal) {
      return refusal.what();
    }
    return "none";
  }
};

TEST_F(LogKeyRotation, KeepsTheVersionBeforeWhichIsInUse) {
  const auto in_use = value("audit-log-key");
  EXPECT_EQ(refusal(std::chrono::days(30)), "none");
  EXPECT_EQ(folders_.read("audit-log-key").versions.at(1).value.reveal(), in_use);
  for (const auto overlap : {std::chrono::days(30), std::chrono::days(0)}) {
    EXPECT_THAT(refusal(overlap), HasSubstr("the version before is in use too"));
  }
  EXPECT_EQ(folders_.read("audit-log-key").versions.at(1).value.reveal(), in_use);
}

TEST_F(LogKeyRotation, IsAllowedAgainBehindTheOverlap) {
  refusal(std::chrono::days(30));
  clock_.moment += std::chrono::days(30);
  EXPECT_THAT(refusal(std::chrono::days(30)), HasSubstr("is too new"));
  clock_.moment += std::chrono::days(1);
  EXPECT_EQ(refusal(std::chrono::days(30)), "none");
}

TEST_F(LogKeyRotation, IsAllowedAtAnyTimeWhereNoVersionIsInUse) {
  refusal(std::chrono::days(30));
  EXPECT_EQ(refusal(std::nullopt), "none");
}

TEST_F(LogKeyRotation, IsNoWayOutWhereOthersKnowTheKey) {
  EXPECT_THAT(refusal(std::chrono::days(0), true), HasSubstr("begin a log of a new name"));
}

TEST_F(SecretRotation, RefusesWhatIsNotMadeHere) {
  EXPECT_THROW(rotate_in(folders_, "patients-store"), Refusal);
  EXPECT_THROW(rotate_in(folders_, "audit-host-key.verifier"), Refusal);
  EXPECT_THROW(rotate_in(folders_, "other"), Refusal);
}

}  // namespace
}  // namespace assay::secrets
