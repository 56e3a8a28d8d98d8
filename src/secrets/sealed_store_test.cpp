#include "secrets/sealed_store.hpp"

#include <gmock/gmock.h>
#include <sodium.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/private_file.hpp"
#include "base/temporary_folder.hpp"
#include "secrets/accepted_keys.hpp"
#include "secrets/grants.hpp"
#include "secrets/rotation.hpp"
#include "secrets/sealed_provider.hpp"

namespace assay::secrets {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::ThrowsMessage;

SensitiveText ask_nothing() { return SensitiveText(std::string("asked for nothing")); }

class SealedFiles : public testing::Test {
 protected:
  SealedFiles() { initialise_sealed({.folder = made_, .made_by = "anna"}, random_, clock_); }

  OperatorKey operator_key() const { return read_operator_key(made_ / kOperatorKeyName, ask_nothing); }
  IdentityKey identity(std::string_view name) const { return read_identity_key(made_ / identity_file_name(name)); }
  SealedProvider provider(std::string_view name, const fs::path& newest = {}) const {
    return {file_, identity(name), newest};
  }
  SealedStore store(const fs::path& newest = {}) const { return {file_, operator_key(), {}, newest, clock_}; }
  std::string content() const {
    std::ifstream input(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(input), {}};
  }
  void overwrite(std::string_view text) const { replace_private_file(file_, text); }

  SystemRandom random_;
  SystemClock clock_;
  TemporaryFolder folder_;
  fs::path made_ = folder_.path() / "secrets";
  fs::path file_ = made_ / kSealedFileName;
  fs::path newest_ = folder_.path() / "secrets.newest";
};

TEST_F(SealedFiles, AreReadByExactlyThoseWhoAreGranted) {
  for (const auto identity_name : kIdentities) {
    auto reader = provider(identity_name);
    for (const auto& grant : grants()) {
      if (grant.making == Making::kGiven) continue;
      if (may_read(identity_name, grant.name)) {
        EXPECT_FALSE(reader.read(grant.name).newest().value.empty());
      } else {
        EXPECT_THROW(reader.read(grant.name), Refusal) << identity_name << " " << grant.name;
      }
    }
  }
}

TEST_F(SealedFiles, FitTogether) {
  const auto key = provider(kGateway).read("patients-host-key");
  const auto list = provider(kPatients).read("patients-host-key.verifier");
  const auto accepted = parse_key_list(list.newest().value.reveal(), KeyForm::kHex).value();
  EXPECT_EQ(accepted.front().bytes, sha256(key.newest().value.reveal()));
}

TEST_F(SealedFiles, AreTheirOwnersAloneAndNeverOverwritten) {
  for (const auto& entry : fs::directory_iterator(made_)) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write) << entry.path();
  }
  const auto before = content();
  EXPECT_THROW(initialise_sealed({.folder = made_, .made_by = "anna"}, random_, clock_), Refusal);
  EXPECT_EQ(content(), before);
}

TEST_F(SealedFiles, GiveWhatWasWrittenToReadersAtOnce) {
  auto reader = provider(kAudit);
  EXPECT_THROW(reader.read("audit-store"), Refusal);
  const auto first = store().write("audit-store", SensitiveText(std::string("one")), "anna");
  EXPECT_EQ(reader.read("audit-store").newest().value.reveal(), "one");
  const auto second = store().write("audit-store", SensitiveText(std::string("two")), "bert");
  const auto secret = reader.read("audit-store");
  EXPECT_EQ(secret.newest().id, second);
  EXPECT_EQ(secret.versions.at(1).id, first);
  EXPECT_EQ(reader.versions("audit-store").front().changed_by, "bert");
  EXPECT_THAT(reader.names(), testing::Contains("audit-store"));
  EXPECT_THROW(store().write("other", SensitiveText(std::string("one")), "anna"), Refusal);
  EXPECT_THROW(reader.write("audit-store", SensitiveText(std::string("three")), "eve"), Refusal);
}

TEST_F(SealedFiles, AreRotatedWithTheOperatorsKeyAlone) {
  auto operators = store();
  EXPECT_THAT([&] { operators.read("audit-host-key"); }, ThrowsMessage<Refusal>(HasSubstr("is sealed to patients")));
  rotate(operators, {.name = "audit-host-key", .changed_by = "anna", .is_compromised = false}, random_, clock_);
  const auto keys = provider(kPatients).read("audit-host-key");
  const auto list =
      parse_key_list(provider(kAudit).read("audit-host-key.verifier").newest().value.reveal(), KeyForm::kHex);
  ASSERT_EQ(keys.versions.size(), 2);
  EXPECT_EQ(list->at(0).bytes, sha256(keys.versions.at(0).value.reveal()));
  EXPECT_EQ(list->at(1).bytes, sha256(keys.versions.at(1).value.reveal()));
  EXPECT_EQ(operators.document().changes.back().operation, "rotate");
}

TEST_F(SealedFiles, ChangeReadersByGrantAndRevoke) {
  SealedStore operators(file_, operator_key(), {}, {}, clock_);
  EXPECT_FALSE(operators.grant("cursor-key", kAudit, "anna"));
  SealedStore with_identities(file_, operator_key(), {identity(kPatients)}, {}, clock_);
  EXPECT_TRUE(with_identities.grant("cursor-key", kAudit, "anna"));
  EXPECT_EQ(provider(kAudit).read("cursor-key").newest().value.reveal(),
            provider(kPatients).read("cursor-key").newest().value.reveal());
  operators.revoke("cursor-key", kPatients, "anna");
  EXPECT_THROW(provider(kPatients).read("cursor-key"), Refusal);
  rotate(operators, {.name = "cursor-key", .changed_by = "anna", .is_compromised = false}, random_, clock_);
  EXPECT_THROW(provider(kPatients).read("cursor-key"), Refusal);
  EXPECT_NO_THROW(provider(kAudit).read("cursor-key"));
  EXPECT_EQ(operators.document().changes.back().operation, "rotate");
}

TEST_F(SealedFiles, LoseNoChangeOfTwoWriters) {
  constexpr int kEach = 20;
  const auto before = store().document().sequence;
  const auto write = [this](std::string_view name) {
    auto operators = store();
    for (int i = 0; i < kEach; ++i) operators.write(name, SensitiveText(std::to_string(i)), "anna");
  };
  {
    const std::jthread one(write, "audit-store");
    const std::jthread two(write, "gateway-store");
  }
  const auto after = store().document();
  EXPECT_EQ(after.sequence, before + 2 * kEach);
  std::set<std::uint64_t> numbers;
  for (const auto& change : after.changes) numbers.insert(change.sequence);
  EXPECT_EQ(numbers.size(), after.changes.size());
}

TEST_F(SealedFiles, ThatAreOlderAreNotChanged) {
  const auto older = content();
  const auto kept = folder_.path() / "operator.newest";
  store(kept).write("audit-store", SensitiveText("one"), "anna");
  overwrite(older);
  EXPECT_THAT([&] { store(kept).write("audit-store", SensitiveText("two"), "anna"); },
              ThrowsMessage<Refusal>(HasSubstr("is an older file")));
  EXPECT_EQ(content(), older);
}

TEST_F(SealedFiles, OfTheSameNumberAndOtherContentAreRefused) {
  const auto older = content();
  auto reader = provider(kAudit, newest_);
  store().write("audit-store", SensitiveText("one"), "anna");
  EXPECT_EQ(reader.read("audit-store").newest().value.reveal(), "one");
  overwrite(older);
  store().write("audit-store", SensitiveText("two"), "anna");
  EXPECT_THAT([&] { reader.read("audit-store"); }, ThrowsMessage<Refusal>(HasSubstr("is another file of number")));
}

TEST_F(SealedFiles, TellOfARevokeWithoutANewVersion) {
  auto changed = store();
  EXPECT_FALSE(is_revoke_unfinished(changed.document(), "cursor-key"));
  changed.revoke("cursor-key", kPatients, "anna");
  EXPECT_TRUE(is_revoke_unfinished(changed.document(), "cursor-key"));
  changed.write("cursor-key", SensitiveText("new"), "anna");
  EXPECT_FALSE(is_revoke_unfinished(changed.document(), "cursor-key"));
}

TEST_F(SealedFiles, ThatAreOlderAreRefusedAlsoAfterARestart) {
  const auto older = content();
  store().write("audit-store", SensitiveText(std::string("one")), "anna");
  auto reader = provider(kAudit, newest_);
  reader.read("audit-store");
  overwrite(older);
  EXPECT_THAT([&] { reader.read("audit-log-key"); }, ThrowsMessage<Refusal>(HasSubstr("is an older file")));
  auto restarted = provider(kAudit, newest_);
  EXPECT_THAT([&] { restarted.read("audit-log-key"); }, ThrowsMessage<Refusal>(HasSubstr("is an older file")));
  EXPECT_NO_THROW(provider(kAudit).read("audit-log-key"));
}

TEST_F(SealedFiles, OfAnotherOperatorAreRefusedAndCountAnewOnceTheyAreTheIdentitys) {
  store().write("audit-store", SensitiveText(std::string("one")), "anna");
  EXPECT_NO_THROW(provider(kAudit, newest_).read("audit-store"));
  const auto others = folder_.path() / "others";
  initialise_sealed({.folder = others, .made_by = "eve"}, random_, clock_);
  SealedProvider mixed(others / kSealedFileName, identity(kAudit), {});
  EXPECT_THAT([&] { mixed.read("audit-log-key"); }, ThrowsMessage<Refusal>(HasSubstr("another operator's")));
  SealedProvider new_one(others / kSealedFileName, read_identity_key(others / "audit.identity"), newest_);
  EXPECT_NO_THROW(new_one.read("audit-log-key"));
}

TEST_F(SealedFiles, WithADamagedNoteOfTheNewestAreRefused) {
  write_private_file(newest_, "12 damaged\n");
  EXPECT_THAT([&] { provider(kAudit, newest_).read("audit-log-key"); },
              ThrowsMessage<Refusal>(testing::AllOf(HasSubstr(newest_.string()), HasSubstr("is damaged"))));
}

TEST_F(SealedFiles, ThatAreFaultyAreLeftAsTheyAre) {
  const auto whole = content();
  for (const auto& faulty : {whole.substr(0, whole.size() / 2), "x" + whole, std::string()}) {
    overwrite(faulty);
    EXPECT_THAT([&] { store().write("audit-store", SensitiveText(std::string("one")), "anna"); },
                ThrowsMessage<Refusal>(HasSubstr(file_.string())));
    EXPECT_THROW(provider(kAudit).read("audit-log-key"), Refusal);
    EXPECT_EQ(content(), faulty);
  }
}

TEST_F(SealedFiles, ThatOthersMayReadOrThatAreNoneAreRefused) {
  fs::permissions(file_, fs::perms::group_read, fs::perm_options::add);
  EXPECT_THAT([&] { provider(kAudit).read("audit-log-key"); }, ThrowsMessage<Refusal>(HasSubstr("chmod 600")));
  fs::permissions(made_ / "audit.identity", fs::perms::others_read, fs::perm_options::add);
  EXPECT_THROW(identity(kAudit), Refusal);
  fs::remove(file_);
  EXPECT_THROW(store().names(), Refusal);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THAT([&] { store().names(); }, ThrowsMessage<Refusal>(HasSubstr("is no file")));
}

TEST_F(SealedFiles, HaveAnOperatorsKeyThatAPassphraseOpens) {
  const auto locked = folder_.path() / "locked";
  initialise_sealed({.folder = locked,
                     .passphrase = SensitiveText(std::string("correct horse")),
                     .made_by = "anna",
                     .cost = {.operations = crypto_pwhash_OPSLIMIT_MIN, .memory = crypto_pwhash_MEMLIMIT_MIN}},
                    random_, clock_);
  const auto file = locked / kOperatorKeyName;
  const auto key = read_operator_key(file, [] { return SensitiveText(std::string("correct horse")); });
  EXPECT_NO_THROW(SealedStore(locked / kSealedFileName, key, {}, {}, clock_).names());
  EXPECT_THAT([&] { read_operator_key(file, ask_nothing); },
              ThrowsMessage<Refusal>(testing::AllOf(HasSubstr(file.string()), HasSubstr("passphrase"))));
}

}  // namespace
}  // namespace assay::secrets
