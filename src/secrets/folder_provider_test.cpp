#include "secrets/folder_provider.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "base/temporary_folder.hpp"

namespace assay::secrets {
namespace {

class SecretFolder : public testing::Test {
 protected:
  std::vector<std::string> values(std::string_view name) {
    std::vector<std::string> values;
    for (const auto& version : provider_.read(name).versions) values.emplace_back(version.value.reveal());
    return values;
  }

  TemporaryFolder folder_;
  FolderProvider provider_{folder_.path()};
};

TEST_F(SecretFolder, GivesTheNewestVersionAndTheOneBefore) {
  const auto first = provider_.write("cursor-key", SensitiveText("one"), "");
  EXPECT_THAT(values("cursor-key"), testing::ElementsAre("one"));
  const auto second = provider_.write("cursor-key", SensitiveText("two"), "");
  EXPECT_THAT(values("cursor-key"), testing::ElementsAre("two", "one"));
  provider_.write("cursor-key", SensitiveText("three"), "");
  EXPECT_THAT(values("cursor-key"), testing::ElementsAre("three", "two"));
  EXPECT_NE(first, second);
  EXPECT_EQ(provider_.read("cursor-key").versions.at(1).id, second);
}

TEST_F(SecretFolder, ListsNamesAndVersions) {
  provider_.write("cursor-key", SensitiveText("one"), "");
  provider_.write("cursor-key", SensitiveText("two"), "");
  provider_.write("audit-host-key", SensitiveText("key"), "");
  EXPECT_THAT(provider_.names(), testing::ElementsAre("audit-host-key", "cursor-key"));
  EXPECT_EQ(provider_.versions("cursor-key").size(), 2);
  EXPECT_EQ(provider_.versions("cursor-key").front().id, provider_.read("cursor-key").newest().id);
}

TEST_F(SecretFolder, GivesTheNewestVersionBesideAnOlderOneThatCanNotBeRead) {
  provider_.write("cursor-key", SensitiveText("one"), "");
  provider_.write("cursor-key", SensitiveText("two"), "");
  std::filesystem::resize_file(folder_.path() / "cursor-key.previous", 0);
  EXPECT_THAT(values("cursor-key"), testing::ElementsAre("two"));
}

TEST_F(SecretFolder, RefusesWhatIsNotThere) {
  EXPECT_THROW(provider_.read("cursor-key"), Refusal);
  EXPECT_THROW(provider_.versions("cursor-key"), Refusal);
}

}  // namespace
}  // namespace assay::secrets
