#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/temporary_folder.hpp"
#include "secrets/accepted_keys.hpp"
#include "secrets/directory.hpp"

namespace assay::secrets {
namespace {

namespace fs = std::filesystem;

/// Of a list that accepts just one.
Bytes32 only_key(const SensitiveText& list, KeyForm form) {
  const auto keys = parse_key_list(list.reveal(), form).value();
  EXPECT_EQ(keys.size(), 1);
  return keys.front().bytes;
}

class InitialisedSecrets : public testing::Test {
 protected:
  InitialisedSecrets() { initialise(made_, random_); }

  std::set<std::string> names(std::string_view part) const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(made_ / part)) found.insert(entry.path().filename());
    return found;
  }
  static mode_t mode(const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777U;
  }

  SystemRandom random_;
  TemporaryFolder folder_;
  fs::path made_ = folder_.path() / "secrets";
};

TEST_F(InitialisedSecrets, AreJustThoseThatEachPartIsGranted) {
  EXPECT_EQ(names("gateway"), (std::set<std::string>{"patients-host-key", "principal-key", "audit-gateway-key"}));
  EXPECT_EQ(names("patients"),
            (std::set<std::string>{"audit-host-key", "cursor-key", "patients-host-key.verifier", "principal-key.pub"}));
  EXPECT_EQ(names("audit"), (std::set<std::string>{"audit-host-key.verifier", "audit-gateway-key.verifier",
                                                   "principal-key.pub", "audit-log-key"}));
}

TEST_F(InitialisedSecrets, AreTheirOwnersAlone) {
  EXPECT_EQ(mode(made_), 0700U);
  for (const auto& entry : fs::recursive_directory_iterator(made_)) {
    EXPECT_EQ(mode(entry.path()), entry.is_directory() ? 0700U : 0600U) << entry.path();
  }
}

TEST_F(InitialisedSecrets, FitTogether) {
  const Directory gateway(made_ / kGateway);
  const Directory patients(made_ / kPatients);
  const Directory audit(made_ / kAudit);
  EXPECT_EQ(only_key(patients.get("patients-host-key.verifier"), KeyForm::kHex),
            sha256(gateway.get("patients-host-key").reveal()));
  EXPECT_EQ(only_key(audit.get("audit-host-key.verifier"), KeyForm::kHex),
            sha256(patients.get("audit-host-key").reveal()));
  EXPECT_EQ(only_key(audit.get("audit-gateway-key.verifier"), KeyForm::kHex),
            sha256(gateway.get("audit-gateway-key").reveal()));
  const auto signature = gateway.signing_key("principal-key").sign("message");
  EXPECT_TRUE(
      VerifyingKey{only_key(patients.get("principal-key.pub"), KeyForm::kBase64url)}.verify("message", signature));
  EXPECT_TRUE(VerifyingKey{only_key(audit.get("principal-key.pub"), KeyForm::kBase64url)}.verify("message", signature));
}

TEST_F(InitialisedSecrets, AreThirtyTwoRandomBytesEach) {
  const Directory gateway(made_ / kGateway);
  const Directory patients(made_ / kPatients);
  std::set<std::string> keys;
  for (const auto& key : {gateway.get("patients-host-key"), gateway.get("audit-gateway-key"),
                          gateway.get("principal-key"), patients.get("audit-host-key"), patients.get("cursor-key")}) {
    EXPECT_EQ(from_base64url(key.reveal()).value().size(), 32U);
    keys.emplace(key.reveal());
  }
  EXPECT_EQ(keys.size(), 5U);
}

TEST_F(InitialisedSecrets, AreNeverOverwritten) {
  const auto before = std::string(Directory(made_ / kGateway).get("principal-key").reveal());
  EXPECT_THROW(initialise(made_, random_), Refusal);
  EXPECT_THROW(initialise(made_ / "", random_), Refusal);
  EXPECT_EQ(Directory(made_ / kGateway).get("principal-key").reveal(), before);
}

TEST_F(InitialisedSecrets, MayFillAnEmptyFolder) {
  const auto empty = folder_.path() / "empty";
  fs::create_directory(empty);
  initialise(empty / "", random_);
  EXPECT_FALSE(Directory(empty / kAudit).get("principal-key.pub").empty());
  EXPECT_EQ(mode(empty), 0700U);
}

TEST_F(InitialisedSecrets, LeaveNothingBehindWhenTheyCannotBeMade) {
  fs::create_directory(folder_.path() / "taken");
  std::ofstream(folder_.path() / "taken" / "file") << "x";
  EXPECT_THROW(initialise(folder_.path() / "taken", random_), Refusal);
  EXPECT_THROW(initialise(folder_.path() / "no" / "parent", random_), Refusal);
  std::set<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder_.path())) left.insert(entry.path().filename());
  EXPECT_EQ(left, (std::set<std::string>{"secrets", "taken"}));
}

}  // namespace
}  // namespace assay::secrets
