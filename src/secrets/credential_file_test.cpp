#include "secrets/credential_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "base/private_file.hpp"
#include "base/temporary_folder.hpp"

namespace assay::secrets {
namespace {

class CredentialFile : public testing::Test {
 protected:
  void write(std::string_view content) const { replace_private_file(file_, content); }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "token";
};

TEST_F(CredentialFile, IsReadWithoutTheWhiteSpaceAtItsEnd) {
  write("s.token \r\n\n");
  EXPECT_EQ(read_credential_file(file_, FileReaders::kOwnerAndGroup).reveal(), "s.token");
}

TEST_F(CredentialFile, MayBeOpenToEverybodyOnlyWhereTheOrchestratorMountsIt) {
  write("s.token");
  ::chmod(file_.c_str(), 0644);
  EXPECT_EQ(read_credential_file(file_, FileReaders::kAny).reveal(), "s.token");
  EXPECT_THAT([this] { read_credential_file(file_, FileReaders::kOwnerAndGroup); },
              testing::ThrowsMessage<Refusal>(testing::HasSubstr("chmod 600 " + file_.string())));
}

TEST_F(CredentialFile, IsRefusedWhenItHoldsNone) {
  EXPECT_THROW(read_credential_file(file_, FileReaders::kAny), Refusal);
  EXPECT_THROW(read_credential_file(folder_.path(), FileReaders::kAny), Refusal);
  write(" \n");
  EXPECT_THROW(read_credential_file(file_, FileReaders::kAny), Refusal);
  write(std::string((64U << 10U) + 1, 'a'));
  EXPECT_THROW(read_credential_file(file_, FileReaders::kAny), Refusal);
}

}  // namespace
}  // namespace assay::secrets
