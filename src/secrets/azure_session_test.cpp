#include "secrets/azure_session.hpp"

#include <fmt/format.h>
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
using testing::Not;
using testing::ThrowsMessage;

constexpr auto kLogin = "POST /clinic/oauth2/v2.0/token";
constexpr auto kMetadata =
    "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net";
constexpr auto kRead = "GET /secrets";

std::string granted(std::string_view token, int seconds) {
  return fmt::format(R"({{"access_token":"{}","expires_in":{},"token_type":"Bearer"}})", token, seconds);
}

class AzureSessionTest : public http::ScriptedService {
 protected:
  AzureSessionTest() {
    write_private_file(secret_, "a secret/+&\n");
    answer(kRead, 200, "{}");
  }

  AzureSession session_with(AzureLogin login) { return {{.vault = url() + "/", .login = std::move(login)}, clock_}; }
  AzureSession client() {
    return session_with(
        AzureClientCredentials{.tenant = "clinic", .client_id = "me", .secret_file = secret_, .authority = url()});
  }
  AzureSession virtual_machine() { return session_with(AzureManagedIdentity{.metadata_service = url()}); }

  int read(AzureSession& session) const { return session.call("GET", url() + "/secrets").status; }

  TemporaryFolder folder_;
  std::filesystem::path secret_ = folder_.path() / "secret";
  MovedClock clock_;
};

TEST_F(AzureSessionTest, LogsInAsAClientAndKeepsTheTokenUntilFiveMinutesBeforeItsEnd) {
  answer(kLogin, 200, granted("t.one", 3'600));
  auto session = client();
  EXPECT_EQ(read(session), 200);
  EXPECT_EQ(last_request().headers.find("Authorization"), "Bearer t.one");
  EXPECT_EQ(last_request(kLogin).body,
            "grant_type=client_credentials&client_id=me&client_secret=a%20secret%2F%2B%26"
            "&scope=https%3A%2F%2Fvault.azure.net%2F.default");
  clock_.advance(std::chrono::seconds(3'299));
  read(session);
  EXPECT_THAT(asked(), ElementsAre(kLogin, kRead, kRead));
  forget();
  clock_.advance(std::chrono::seconds(1));
  answer(kLogin, 200, granted("t.two", 3'600));
  read(session);
  EXPECT_THAT(asked(), ElementsAre(kLogin, kRead));
  EXPECT_EQ(last_request().headers.find("Authorization"), "Bearer t.two");
}

TEST_F(AzureSessionTest, UsesATokenThatLivesWhileTheLoginIsAway) {
  answer(kLogin, 200, granted("t.one", 3'600));
  auto session = client();
  read(session);
  answer(kLogin, 503);
  clock_.advance(std::chrono::seconds(3'599));
  EXPECT_EQ(read(session), 200);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_THROW(read(session), Unavailable);
}

TEST_F(AzureSessionTest, RefusesAClientThatIsRefused) {
  answer(kLogin, 401, R"({"error":"invalid_client"})");
  auto session = client();
  EXPECT_THAT([&] { read(session); },
              ThrowsMessage<Refusal>(
                  AllOf(HasSubstr("the client me"), HasSubstr(secret_.string()), Not(HasSubstr("a secret/")))));
  answer(kLogin, 200, "{}");
  EXPECT_THROW(read(session), Refusal);
}

TEST_F(AzureSessionTest, AsksTheMetadataServiceOfAVirtualMachine) {
  answer(kMetadata, 200, R"({"access_token":"t.one","expires_in":"3600"})");
  auto session = virtual_machine();
  EXPECT_EQ(read(session), 200);
  EXPECT_EQ(last_request(kMetadata).headers.find("Metadata"), "true");
  EXPECT_EQ(last_request().headers.find("Authorization"), "Bearer t.one");
}

TEST_F(AzureSessionTest, WaitsForAnIdentityThatIsNotThereYet) {
  auto session = virtual_machine();
  for (const int status : {404, 410, 429, 500}) {
    answer(kMetadata, status);
    EXPECT_THROW(read(session), Unavailable);
  }
  answer(kMetadata, 400, R"({"error":"invalid_request","error_description":"Identity not found"})");
  EXPECT_THAT([&] { read(session); }, ThrowsMessage<Refusal>(HasSubstr("assign this host an identity")));
}

TEST_F(AzureSessionTest, AsksThePlatformThatTellsAnEndpoint) {
  constexpr auto kEndpoint =
      "GET /msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net&client_id=my%20id";
  answer(kEndpoint, 200, R"({"access_token":"t.one","expires_on":"1767229200"})");
  auto session = session_with(
      AzureManagedIdentity{.client_id = "my id", .endpoint = url() + "/msi/token", .header = SensitiveText("proof")});
  EXPECT_EQ(read(session), 200);
  EXPECT_EQ(last_request(kEndpoint).headers.find("X-IDENTITY-HEADER"), "proof");
  // The token ends an hour after the clock's start.
  clock_.advance(std::chrono::minutes(54));
  read(session);
  EXPECT_THAT(asked(), ElementsAre(kEndpoint, kRead, kRead));
  clock_.advance(std::chrono::minutes(1));
  read(session);
  EXPECT_EQ(asked().size(), 5);
}

TEST_F(AzureSessionTest, LogsInAnewWhenItsTokenIsNoLongerTaken) {
  answer(kLogin, 200, granted("t.one", 3'600));
  auto session = client();
  read(session);
  answer(kRead, 401);
  forget();
  EXPECT_THAT([&] { read(session); }, ThrowsMessage<Refusal>(HasSubstr("takes no token")));
  EXPECT_THAT(asked(), ElementsAre(kRead, kLogin, kRead));
}

TEST_F(AzureSessionTest, IsUnavailableWhenItIsAskedToWait) {
  answer(kLogin, 200, granted("t.one", 3'600));
  auto session = client();
  for (const int status : {429, 503}) {
    auto response = http::respond(status, "{}");
    response.headers.add("Retry-After", "7");
    answer(kRead, response);
    EXPECT_THAT([&] { read(session); }, ThrowsMessage<Unavailable>(AllOf(HasSubstr(url()), HasSubstr("wants 7 s"))));
  }
}

}  // namespace
}  // namespace assay::secrets
