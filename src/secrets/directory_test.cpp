#include "secrets/directory.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.hpp"
#include "base/temporary_folder.hpp"

namespace assay::secrets {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class SecretDirectory : public testing::Test {
 protected:
  void write(std::string_view name, std::string_view text, fs::perms mode = fs::perms::owner_read) const {
    std::ofstream(folder_.path() / name) << text;
    fs::permissions(folder_.path() / name, mode);
  }
  auto reading(std::string_view name) const {
    return [this, name] { Directory(folder_.path()).get(name); };
  }

  TemporaryFolder folder_;
};

TEST_F(SecretDirectory, GivesASecretWithoutItsTrailingNewline) {
  write("with", "secret\n");
  write("without", "secret");
  const Directory directory(folder_.path());
  EXPECT_EQ(directory.get("with").reveal(), "secret");
  EXPECT_EQ(directory.get("without").reveal(), "secret");
}

TEST_F(SecretDirectory, RefusesAFileThatOthersMayTouchAndSaysTheRemedy) {
  const auto file = (folder_.path() / "key").string();
  for (const auto bit :
       {fs::perms::group_read, fs::perms::group_write, fs::perms::others_read, fs::perms::others_exec}) {
    write("key", "secret", fs::perms::owner_read | fs::perms::owner_write | bit);
    EXPECT_THAT(reading("key"), ThrowsMessage<Refusal>(HasSubstr("chmod 600 " + file)));
  }
}

TEST_F(SecretDirectory, RefusesAFolderThatOthersMayRead) {
  fs::permissions(folder_.path(), fs::perms::owner_all | fs::perms::group_exec);
  EXPECT_THAT([&] { Directory(folder_.path()); }, ThrowsMessage<Refusal>(HasSubstr("chmod 700")));
  EXPECT_THAT([&] { Directory(folder_.path() / "none"); }, ThrowsMessage<Refusal>(HasSubstr("none")));
}

TEST_F(SecretDirectory, RefusesWhatIsMissingEmptyTooLargeOrNoFileByItsName) {
  write("empty", "\n");
  write("large", std::string((64U << 10U) + 1, 'x'));
  fs::create_directory(folder_.path() / "folder");
  fs::permissions(folder_.path() / "folder", fs::perms::owner_all);
  for (const auto* name : {"missing", "empty", "large", "folder"}) {
    EXPECT_THAT(reading(name), ThrowsMessage<Refusal>(HasSubstr((folder_.path() / name).string()))) << name;
  }
}

TEST_F(SecretDirectory, RefusesAFolderInTheSecretsPlaceByTheRightRemedy) {
  fs::create_directory(folder_.path() / "key");
  fs::permissions(folder_.path() / "key", fs::perms::owner_all | fs::perms::group_read);
  EXPECT_THAT(reading("key"), ThrowsMessage<Refusal>(AllOf(HasSubstr("is no file"), Not(HasSubstr("chmod")))));
}

TEST_F(SecretDirectory, RefusesAKeyThatIsNoneAndDoesNotTellIt) {
  write("key", "not-a-key");
  const Directory directory(folder_.path());
  const auto tells_the_file_only = AllOf(HasSubstr((folder_.path() / "key").string()), Not(HasSubstr("not-a-key")));
  EXPECT_THAT([&] { directory.signing_key("key"); }, ThrowsMessage<Refusal>(tells_the_file_only));
}

}  // namespace
}  // namespace assay::secrets
