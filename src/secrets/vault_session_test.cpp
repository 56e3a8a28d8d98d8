#include "secrets/vault_session.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "base/private_file.hpp"
#include "base/temporary_folder.hpp"
#include "http/scripted_service.hpp"

#include "secrets/moved_clock.hpp"

namespace assay::secrets {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

constexpr auto kLogin = "POST /v1/auth/approle/login";
constexpr auto kRenewal = "POST /v1/auth/token/renew-self";
constexpr auto kSelf = "GET /v1/auth/token/lookup-self";
constexpr auto kRead = "GET /v1/secret/data/a";

std::string granted(std::string_view token, int duration, bool renewable = true) {
  return fmt::format(R"({{"auth":{{"client_token":"{}","lease_duration":{},"renewable":{}}}}})", token, duration,
                     renewable);
}

class VaultSessionTest : public http::ScriptedService {
 protected:
  VaultSessionTest() {
    write_private_file(proof_, "proof-of-login\n");
    answer(kRead, 200, "{}");
  }

  VaultSession session_with(VaultLogin login) {
    return {{.address = url() + "/", .name_space = "clinic", .login = std::move(login)}, clock_};
  }
  VaultSession app_role() { return session_with(VaultAppRole{.role_id = "role", .secret_id_file = proof_}); }

  static int read(VaultSession& session) { return session.call("GET", "secret/data/a").status; }
  std::string last_token() const { return std::string(last_request().headers.find("X-Vault-Token").value_or("")); }

  TemporaryFolder folder_;
  std::filesystem::path proof_ = folder_.path() / "proof";
  MovedClock clock_;
};

TEST_F(VaultSessionTest, LogsInByAppRoleOnce) {
  answer(kLogin, 200, granted("s.one", 90));
  auto session = app_role();
  EXPECT_EQ(read(session), 200);
  EXPECT_EQ(last_token(), "s.one");
  EXPECT_EQ(last_request().headers.find("X-Vault-Namespace"), "clinic");
  EXPECT_EQ(read(session), 200);
  EXPECT_THAT(asked(), ElementsAre(kLogin, kRead, kRead));
}

TEST_F(VaultSessionTest, ProvesAnAppRoleByItsSecretId) {
  answer(kLogin, 400, R"({"errors":["invalid role or secret ID"]})");
  auto session = app_role();
  EXPECT_THAT([&] { read(session); },
              ThrowsMessage<Refusal>(
                  AllOf(HasSubstr("auth/approle"), HasSubstr(proof_.string()), Not(HasSubstr("proof-of-login")))));
  EXPECT_EQ(last_request().body, R"({"role_id":"role","secret_id":"proof-of-login"})");
  answer(kLogin, 500, R"({"errors":["invalid secret id"]})");
  auto other_refused = app_role();
  EXPECT_THROW(read(other_refused), Refusal);
  answer(kLogin, 500, R"({"errors":["internal error"]})");
  auto unavailable = app_role();
  EXPECT_THROW(read(unavailable), Unavailable);
  EXPECT_FALSE(last_request().headers.find("X-Vault-Token").has_value());
}

TEST_F(VaultSessionTest, ShowsAProofThatWasRefusedRarelySoThatTheRoleIsNotLocked) {
  answer(kLogin, 400);
  auto session = app_role();
  for (int i = 0; i < 10; ++i) EXPECT_THROW(read(session), Refusal);
  EXPECT_THAT(asked(), ElementsAre(kLogin));
  clock_.advance(std::chrono::minutes(10));
  EXPECT_THROW(read(session), Refusal);
  EXPECT_THAT(asked(), ElementsAre(kLogin, kLogin));
  replace_private_file(proof_, "another-proof\n");
  answer(kLogin, 200, granted("s.one", 90));
  EXPECT_EQ(read(session), 200);
}

TEST_F(VaultSessionTest, LogsInByAServiceAccountOfKubernetes) {
  answer("POST /v1/auth/k8s/login", 200, granted("s.one", 90));
  auto session = session_with(VaultKubernetes{.mount = "k8s", .role = "audit", .token_file = proof_});
  EXPECT_EQ(read(session), 200);
  EXPECT_EQ(last_token(), "s.one");
  answer("POST /v1/auth/k8s/login", 403);
  auto refused = session_with(VaultKubernetes{.mount = "k8s", .role = "audit", .token_file = proof_});
  EXPECT_THAT([&] { read(refused); }, ThrowsMessage<Refusal>(HasSubstr("bind the role audit")));
  EXPECT_EQ(last_request().body, R"({"role":"audit","jwt":"proof-of-login"})");
}

TEST_F(VaultSessionTest, RenewsItsTokenBeforeItEnds) {
  answer(kLogin, 200, granted("s.one", 90));
  answer(kRenewal, 200, granted("s.one", 90));
  auto session = app_role();
  read(session);
  clock_.advance(seconds(61));
  read(session);
  clock_.advance(seconds(59));
  read(session);
  EXPECT_THAT(asked(), ElementsAre(kLogin, kRead, kRenewal, kRead, kRead));
}

TEST_F(VaultSessionTest, LogsInAnewWhenTheTokenCantBeRenewed) {
  answer(kLogin, 200, granted("s.one", 90));
  answer(kRenewal, 403);
  auto session = app_role();
  read(session);
  answer(kLogin, 200, granted("s.two", 90, false));
  clock_.advance(seconds(61));
  read(session);
  EXPECT_EQ(last_token(), "s.two");
  forget();
  clock_.advance(seconds(61));
  read(session);
  EXPECT_THAT(asked(), ElementsAre(kLogin, kRead));
}

TEST_F(VaultSessionTest, UsesATokenThatLivesWhileItCantBeRenewed) {
  answer(kLogin, 200, granted("s.one", 90));
  answer(kRenewal, 503);
  auto session = app_role();
  read(session);
  clock_.advance(seconds(61));
  EXPECT_EQ(read(session), 200);
  answer(kLogin, 503);
  clock_.advance(seconds(30));
  EXPECT_THROW(read(session), Unavailable);
}

TEST_F(VaultSessionTest, LogsInAnewWhenItsTokenIsNoLongerKnown) {
  answer(kLogin, 200, granted("s.one", 90));
  auto session = app_role();
  read(session);
  answer(kRead, 403);
  answer(kSelf, 403);
  answer(kLogin, 200, granted("s.two", 90));
  forget();
  EXPECT_EQ(read(session), 403);
  EXPECT_THAT(asked(), ElementsAre(kRead, kSelf, kLogin, kRead));
  EXPECT_EQ(last_token(), "s.two");
}

TEST_F(VaultSessionTest, TakesARefusalOfALivingTokenAsItIs) {
  answer(kLogin, 200, granted("s.one", 90));
  answer(kRead, 403);
  answer(kSelf, 200, R"({"data":{}})");
  auto session = app_role();
  EXPECT_EQ(read(session), 403);
  EXPECT_THAT(asked(), ElementsAre(kLogin, kRead, kSelf));
}

TEST_F(VaultSessionTest, ReadsATokenFileAgainWhenItsTokenIsNoLongerKnown) {
  answer(kSelf, 200, R"({"data":{"ttl":0,"renewable":false}})");
  auto session = session_with(VaultTokenFile{proof_});
  EXPECT_EQ(read(session), 200);
  EXPECT_EQ(last_token(), "proof-of-login");
  replace_private_file(proof_, "s.newer");
  answer(kSelf, 403);
  answer(kRead, 403);
  read(session);
  EXPECT_EQ(last_token(), "s.newer");
}

TEST_F(VaultSessionTest, RenewsATokenOutOfAFile) {
  answer(kSelf, 200, R"({"data":{"ttl":90,"renewable":true}})");
  answer(kRenewal, 200, granted("proof-of-login", 90));
  auto session = session_with(VaultTokenFile{proof_});
  read(session);
  clock_.advance(seconds(61));
  read(session);
  EXPECT_THAT(asked(), ElementsAre(kSelf, kRead, kRenewal, kRead));
}

TEST_F(VaultSessionTest, IsUnavailableWhileTheVaultIsSealedOrAStandbyOrBroken) {
  answer(kLogin, 200, granted("s.one", 90));
  auto session = app_role();
  for (const auto& [status, reason] : std::map<int, std::string>{
           {307, "standby"}, {412, "lags"}, {429, "too much"}, {473, "standby"}, {500, "internal"}, {503, "sealed"}}) {
    answer(kRead, status);
    EXPECT_THAT([&] { read(session); }, ThrowsMessage<Unavailable>(AllOf(HasSubstr(url()), HasSubstr(reason),
                                                                         HasSubstr(std::to_string(status)))));
  }
}

TEST_F(VaultSessionTest, RefusesAnAddressThatIsNone) {
  EXPECT_THROW(VaultSession({.address = "vault.example:8200", .login = VaultTokenFile{}}, clock_), Refusal);
}

}  // namespace
}  // namespace assay::secrets
