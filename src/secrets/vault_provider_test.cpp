#include "secrets/vault_provider.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "base/private_file.hpp"
#include "base/temporary_folder.hpp"
#include "http/scripted_service.hpp"

#include "secrets/moved_clock.hpp"

namespace assay::secrets {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::ThrowsMessage;

constexpr auto kNewest = "GET /v1/secret/data/assay/cursor-key";
constexpr auto kMetadata = "GET /v1/secret/metadata/assay/cursor-key";
constexpr auto kMount = "GET /v1/sys/internal/ui/mounts/secret";
constexpr auto kNote = "PATCH /v1/secret/metadata/assay/cursor-key";
constexpr auto kWrite = "POST /v1/secret/data/assay/cursor-key";

std::string version_before(int version) { return fmt::format("{}?version={}", kNewest, version); }

std::string told(int version, std::string_view value) {
  return fmt::format(R"({{"data":{{"data":{{"value":"{}"}},"metadata":{{"version":{},"destroyed":false}}}}}})", value,
                     version);
}

std::string deleted(int version) {
  return fmt::format(R"({{"data":{{"data":null,"metadata":{{"version":{},"deletion_time":"2026-01-01T00:00:00Z"}}}}}})",
                     version);
}

class VaultProviderTest : public http::ScriptedService {
 protected:
  VaultProviderTest() {
    write_private_file(token_, "s.token");
    answer("GET /v1/auth/token/lookup-self", 200, R"({"data":{"ttl":0}})");
  }

  std::vector<std::string> read() {
    std::vector<std::string> versions;
    for (const auto& version : provider_.read("cursor-key").versions) {
      versions.push_back(fmt::format("{} {}", version.id, version.value.reveal()));
    }
    return versions;
  }

  TemporaryFolder folder_;
  std::filesystem::path token_ = folder_.path() / "token";
  MovedClock clock_;
  VaultProvider provider_{{.address = url(), .login = VaultTokenFile{token_}}, clock_};
};

TEST_F(VaultProviderTest, ReadsTheNewestVersionAndTheOneBefore) {
  answer(kNewest, 200, told(7, "seven"));
  answer(version_before(6), 200, told(6, "six"));
  EXPECT_THAT(read(), ElementsAre("7 seven", "6 six"));
  answer(kNewest, 200, told(1, "one"));
  EXPECT_THAT(read(), ElementsAre("1 one"));
}

TEST_F(VaultProviderTest, PassesOverVersionsThatWereRemoved) {
  answer(kNewest, 404, deleted(7));
  answer(version_before(6), 200, told(6, "six"));
  answer(version_before(5), 404, deleted(5));
  answer(version_before(4), 200, told(4, "four"));
  EXPECT_THAT(read(), ElementsAre("6 six", "4 four"));
}

TEST_F(VaultProviderTest, EndsWhereTheVaultKeepsNoFurtherVersion) {
  answer(kNewest, 200, told(7, "seven"));
  EXPECT_THAT(read(), ElementsAre("7 seven"));
  for (int version = 1; version < 30; ++version) answer(version_before(version), 404, deleted(version));
  answer(kNewest, 200, told(30, "thirty"));
  forget();
  EXPECT_THAT(read(), ElementsAre("30 thirty"));
  EXPECT_EQ(asked().size(), 10);
}

TEST_F(VaultProviderTest, RefusesASecretThatIsMissingDeniedOrNotOurs) {
  EXPECT_THAT([&] { read(); }, ThrowsMessage<Refusal>(HasSubstr("there is no cursor-key in the vault " + url())));
  answer(kNewest, 404, deleted(1));
  EXPECT_THROW(read(), Refusal);
  answer(kNewest, 403, R"({"errors":["permission denied"]})");
  EXPECT_THAT([&] { read(); }, ThrowsMessage<Refusal>(AllOf(HasSubstr("denies read on secret/data/assay/cursor-key"),
                                                            HasSubstr("policy"), Not(HasSubstr("s.token")))));
  answer(kNewest, 405);
  EXPECT_THAT([&] { read(); }, ThrowsMessage<Refusal>(HasSubstr("status 405")));
  for (const auto* body : {R"({"data":{"data":{"password":"x"},"metadata":{"version":1}}})",
                           R"({"data":{"data":{"value":7},"metadata":{"version":1}}})"}) {
    answer(kNewest, 200, body);
    EXPECT_THAT([&] { read(); }, ThrowsMessage<Refusal>(HasSubstr("no text in its field value")));
  }
  for (const auto* body : {"<html>", "[]", "", R"({"data":{"data":{"value":"x"}}})"}) {
    answer(kNewest, 200, body);
    EXPECT_THROW(read(), Refusal) << body;
  }
}

TEST_F(VaultProviderTest, IsUnavailableWhileTheVaultIsSealed) {
  answer(kNewest, 503, R"({"errors":["Vault is sealed"]})");
  EXPECT_THROW(read(), Unavailable);
}

TEST_F(VaultProviderTest, ListsNamesButNoFolders) {
  EXPECT_THAT(provider_.names(), IsEmpty());
  answer("GET /v1/secret/metadata/assay/?list=true", 200, R"({"data":{"keys":["b","a","folder/"]}})");
  EXPECT_THAT(provider_.names(), ElementsAre("a", "b"));
  answer("GET /v1/secret/metadata/assay/?list=true", 403);
  EXPECT_THROW(provider_.names(), Refusal);
}

TEST_F(VaultProviderTest, ListsNothingOfAnEngineThatIsNotThereOrOfVersion1) {
  answer("GET /v1/secret/metadata/assay/?list=true", 404, R"({"errors":["no handler for route"]})");
  EXPECT_THROW(provider_.names(), Refusal);
  answer("GET /v1/secret/metadata/assay/?list=true", 404, R"({"errors":[]})");
  answer("GET /v1/sys/internal/ui/mounts/secret", 200, R"({"data":{"options":{"version":"1"}}})");
  EXPECT_THROW(provider_.names(), Refusal);
}

TEST_F(VaultProviderTest, TellsWhoMadeWhichVersion) {
  answer(kMetadata, 200,
         R"({"data":{"current_version":11,"custom_metadata":{"changed-by-11":"ann","changed-by-9":"bob"},
    "versions":{"9":{"created_time":"2026-01-09T00:00:00Z","deletion_time":"","destroyed":false},
      "8":{"created_time":"2026-01-08T00:00:00Z","deletion_time":"2025-12-31T00:00:00.5Z","destroyed":false},
      "10":{"created_time":"2026-01-10T00:00:00Z","deletion_time":"","destroyed":true},
      "11":{"created_time":"2026-01-11T00:00:00Z","deletion_time":"2027-01-01T00:00:00Z","destroyed":false}}}})");
  const auto notes = provider_.versions("cursor-key");
  ASSERT_EQ(notes.size(), 2);
  EXPECT_EQ(notes[0].id, "11");
  EXPECT_EQ(notes[0].created, "2026-01-11T00:00:00Z");
  EXPECT_EQ(notes[0].changed_by, "ann");
  EXPECT_EQ(notes[1].id, "9");
  EXPECT_EQ(notes[1].changed_by, "bob");
  EXPECT_THROW(provider_.versions("audit-host-key"), Refusal);
}

TEST_F(VaultProviderTest, MakesAFirstVersion) {
  answer(kNote, 204);
  answer(kWrite, 200, R"({"data":{"version":1}})");
  EXPECT_EQ(provider_.write("cursor-key", SensitiveText("a \"quoted\" value"), "ann"), "1");
  EXPECT_EQ(last_request(kWrite).body, R"({"options":{"cas":0},"data":{"value":"a \"quoted\" value"}})");
  EXPECT_EQ(last_request(kNote).body, R"({"custom_metadata":{"changed-by-1":"ann"}})");
  EXPECT_EQ(last_request(kNote).headers.find("Content-Type"), "application/merge-patch+json");
}

TEST_F(VaultProviderTest, ForgetsWhoMadeAVersionThatIsNoLongerKept) {
  answer(kMetadata, 200, R"({"data":{"current_version":11}})");
  answer(kNote, 204);
  answer(kWrite, 200, R"({"data":{"version":12}})");
  EXPECT_EQ(provider_.write("cursor-key", SensitiveText("value"), "ann"), "12");
  EXPECT_EQ(last_request(kNote).body, R"({"custom_metadata":{"changed-by-12":"ann","changed-by-2":null}})");
}

TEST_F(VaultProviderTest, HasMadeAVersionWhoseMakerCantBeNoted) {
  answer(kWrite, 200, R"({"data":{"version":1}})");
  for (const int status : {403, 503}) {
    answer(kNote, status);
    EXPECT_EQ(provider_.write("cursor-key", SensitiveText("value"), "ann"), "1");
  }
}

TEST_F(VaultProviderTest, NotesNobodyForAVersionThatWasNotMade) {
  answer(kWrite, 403);
  EXPECT_THAT([&] { provider_.write("cursor-key", SensitiveText("value"), "ann"); },
              ThrowsMessage<Refusal>(HasSubstr("denies create and update on secret/data/assay/cursor-key")));
  answer(kWrite, 400, R"({"errors":["check-and-set parameter did not match the current version"]})");
  EXPECT_THAT([&] { provider_.write("cursor-key", SensitiveText("value"), "ann"); },
              ThrowsMessage<Refusal>(HasSubstr("changed by somebody else")));
  answer(kWrite, 503);
  EXPECT_THROW(provider_.write("cursor-key", SensitiveText("value"), "ann"), Unavailable);
  EXPECT_THAT(asked(), Not(testing::Contains(kNote)));
}

TEST_F(VaultProviderTest, WritesNothingIntoAnEngineWithoutVersions) {
  answer(kMount, 200, R"({"data":{"type":"kv","options":{"version":"1"}}})");
  EXPECT_THAT([&] { provider_.write("cursor-key", SensitiveText("value"), "ann"); },
              ThrowsMessage<Refusal>(HasSubstr("no KV engine of version 2")));
  EXPECT_THAT(asked(), Not(testing::Contains(kWrite)));
  answer(kMount, 200, R"({"data":{"type":"kv","options":{"version":"2"}}})");
  answer(kWrite, 200, R"({"data":{"version":1}})");
  EXPECT_EQ(provider_.write("cursor-key", SensitiveText("value"), "ann"), "1");
}

}  // namespace
}  // namespace assay::secrets
