#include "secrets/azure_provider.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/error.hpp"
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

constexpr auto kVersion = "?api-version=7.4";
const std::string kNewest = "GET /secrets/principal-key--pub?api-version=7.4";
const std::string kVersions = "GET /secrets/principal-key--pub/versions?api-version=7.4";
const std::string kWrite = "PUT /secrets/principal-key--pub?api-version=7.4";

class AzureProviderTest : public http::ScriptedService {
 protected:
  AzureProviderTest() {
    answer("GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net", 200,
           R"({"access_token":"t.token","expires_in":"3600"})");
  }

  std::string id_of(std::string_view version) const {
    return fmt::format("{}/secrets/principal-key--pub/{}", url(), version);
  }
  std::string told(std::string_view version, std::string_view value) const {
    return fmt::format(R"({{"value":"{}","id":"{}","attributes":{{"enabled":true}}}})", value, id_of(version));
  }
  std::string item(std::string_view version, int created, bool enabled = true) const {
    return fmt::format(R"({{"id":"{}","attributes":{{"enabled":{},"created":{}}},"tags":{{"changed-by":"ann"}}}})",
                       id_of(version), enabled, created);
  }
  void answer_version(std::string_view version, std::string_view value) {
    answer(fmt::format("GET /secrets/principal-key--pub/{}{}", version, kVersion), 200, told(version, value));
  }

  std::vector<std::string> read() {
    std::vector<std::string> versions;
    for (const auto& version : provider_.read("principal-key.pub").versions) {
      versions.push_back(fmt::format("{} {}", version.id, version.value.reveal()));
    }
    return versions;
  }

  MovedClock clock_;
  AzureProvider provider_{{.vault = url(), .login = AzureManagedIdentity{.metadata_service = url()}}, clock_};
};

TEST_F(AzureProviderTest, ReadsTheNewestVersionAndTheOneBeforeThatIsEnabled) {
  answer(kNewest, 200, told("d4", "four"));
  answer(kVersions, 200,
         fmt::format(R"({{"value":[{},{},{},{}],"nextLink":null}})", item("a1", 1), item("c3", 3, false), item("d4", 4),
                     item("b2", 2)));
  answer_version("b2", "two");
  EXPECT_THAT(read(), ElementsAre("d4 four", "b2 two"));
}

TEST_F(AzureProviderTest, ReadsASecretOfOneVersion) {
  answer(kNewest, 200, told("a1", "one"));
  answer(kVersions, 200, fmt::format(R"({{"value":[{}]}})", item("a1", 1)));
  EXPECT_THAT(read(), ElementsAre("a1 one"));
}

TEST_F(AzureProviderTest, ReadsListsToTheirEndAndOnlyAtTheVault) {
  answer(kVersions, 200, fmt::format(R"({{"value":[{}],"nextLink":"{}/secrets/next"}})", item("a1", 1), url()));
  answer("GET /secrets/next", 200, fmt::format(R"({{"value":[{}]}})", item("b2", 1'767'225'600)));
  const auto notes = provider_.versions("principal-key.pub");
  ASSERT_EQ(notes.size(), 2);
  EXPECT_EQ(notes[0].id, "b2");
  EXPECT_EQ(notes[0].created, "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(notes[0].changed_by, "ann");
  answer(kVersions, 200, R"({"value":[],"nextLink":"http://127.0.0.1:1/secrets/next"})");
  EXPECT_THROW(provider_.versions("principal-key.pub"), Refusal);
  answer(kVersions, 200, fmt::format(R"({{"value":[],"nextLink":"{}/secrets/loop"}})", url()));
  answer("GET /secrets/loop", 200, fmt::format(R"({{"value":[],"nextLink":"{}/secrets/loop"}})", url()));
  EXPECT_THROW(provider_.versions("principal-key.pub"), Refusal);
}

TEST_F(AzureProviderTest, RefusesASecretThatIsMissingDeniedOrEmpty) {
  EXPECT_THAT([&] { read(); }, ThrowsMessage<Refusal>(AllOf(HasSubstr("there is no principal-key.pub"),
                                                            HasSubstr("principal-key--pub"), HasSubstr(url()))));
  answer(kNewest, 403);
  EXPECT_THAT([&] { read(); },
              ThrowsMessage<Refusal>(AllOf(HasSubstr("denies get on principal-key.pub"), Not(HasSubstr("t.token")))));
  answer(kNewest, 400);
  EXPECT_THAT([&] { read(); }, ThrowsMessage<Refusal>(HasSubstr("status 400")));
  for (const auto* body : {"<html>", "[]", "", R"({"value":"x"})", R"({"id":"https://v/secrets/n/1","value":7})"}) {
    answer(kNewest, 200, body);
    EXPECT_THROW(read(), Refusal) << body;
  }
  answer(kNewest, 200, told("a1", "one"));
  answer(kVersions, 403);
  EXPECT_THAT([&] { read(); }, ThrowsMessage<Refusal>(HasSubstr("denies list")));
}

TEST_F(AzureProviderTest, ListsNamesAsTheyAreHere) {
  answer("GET /secrets?api-version=7.4", 200, R"({"value":[{"id":"https://v/secrets/principal-key--pub"},
                                                           {"id":"https://v/secrets/cursor-key"}]})");
  EXPECT_THAT(provider_.names(), ElementsAre("cursor-key", "principal-key.pub"));
}

TEST_F(AzureProviderTest, MakesAVersion) {
  answer(kWrite, 200, told("e5", "five"));
  EXPECT_EQ(provider_.write("principal-key.pub", SensitiveText("a \"quoted\" value"), "ann"), "e5");
  EXPECT_EQ(last_request().body, R"({"value":"a \"quoted\" value","tags":{"changed-by":"ann"}})");
  EXPECT_EQ(last_request().headers.find("Content-Type"), "application/json");
  answer(kWrite, 409);
  EXPECT_THAT([&] { provider_.write("principal-key.pub", SensitiveText("five"), "ann"); },
              ThrowsMessage<Refusal>(HasSubstr("recover or purge it")));
}

TEST_F(AzureProviderTest, RefusesANameThatTheVaultCantHave) {
  for (const auto* name : {"", "a--b", "a_b", "a/b", "a?b"}) EXPECT_THROW(provider_.read(name), Refusal) << name;
  EXPECT_THAT(asked(), IsEmpty());
}

}  // namespace
}  // namespace assay::secrets
