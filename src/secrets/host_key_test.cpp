#include "secrets/host_key.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <map>

#include "base/fixed_clock.hpp"
#include "base/hash.hpp"
#include "secrets/testing.hpp"
#include "telemetry/tracer.hpp"

namespace assay::secrets {
namespace {

/// A sender whose requests go to a guard, and what came through to the service behind it.
class HostKeyDoor : public testing::Test {
 protected:
  HostKeyDoor() {
    request_.target = "/api/patient/1?limit=5";
    request_.context.trace = telemetry::TraceContext::begin(random_);
  }

  http::Handler inner() {
    return [this](http::Request request) { return arrive(this, std::move(request)); };
  }
  static Awaitable<http::Response> arrive(HostKeyDoor* self, http::Request request) {
    self->arrived_ = std::move(request);
    co_return http::respond(200, "{}");
  }

  http::Response run(Awaitable<http::Response> call) {
    boost::asio::io_context context(1);
    auto answer = boost::asio::co_spawn(context, std::move(call), boost::asio::use_future);
    context.run();
    return answer.get();
  }
  http::Response enter(http::Request request) {
    arrived_.reset();
    return run(guard_.handle(std::move(request)));
  }
  http::Response send(http::Request request, const SigningKey* principal_key, std::string_view key = "right") {
    arrived_.reset();
    const HostKeySender sender(
        {"patients-host-key", unchanging(secret_of(std::string(key))),
         principal_key == nullptr ? nullptr : unchanging(SigningKeys{{.id = "1", .key = *principal_key}}),
         find_nothing_newer},
        clock_, to_guard());
    return run(sender.handle(std::move(request)));
  }

  SystemRandom random_;
  FixedClock clock_;
  SigningKey principal_key_ = SigningKey::generate(random_);
  std::optional<http::Request> arrived_;
  http::Handler to_guard() {
    return [this](http::Request sent) {
      ++tries_;
      return guard_.handle(std::move(sent));
    };
  }
  /// As if a newer version were found in the vault.
  Awaitable<void> look_again() {
    if (found_) found_();
    co_return;
  }

  std::shared_ptr<AcceptedKeys> accepted_ = accepting(clock_, sha256("right"));
  std::shared_ptr<AcceptedKeys> principal_keys_ = accepting(clock_, principal_key_.verifying_key().bytes);
  std::function<void()> found_;
  int tries_ = 0;
  HostKeyGuard guard_{{{.name = "patients-host-key", .accepted = accepted_},
                       {.name = "second", .accepted = accepting(clock_, sha256("also right"))}},
                      {principal_keys_, [this] { return look_again(); }},
                      clock_,
                      inner()};
  http::Request request_;
  const Principal laboratory_{
      .kind = "subscription", .id = "s-1", .name = "laboratory", .on_behalf_of = "Dr Who", .purpose_of_use = "TREAT"};
};

TEST_F(HostKeyDoor, LetsInWhoBearsAKeyAndNamesTheKeyAsTheActor) {
  EXPECT_EQ(send(request_, nullptr).status, 200);
  ASSERT_TRUE(arrived_.has_value());
  EXPECT_EQ(arrived_->context.host_key, "patients-host-key");
  const Principal the_key{.kind = "host-key",
                          .id = "patients-host-key",
                          .name = "patients-host-key",
                          .on_behalf_of = {},
                          .purpose_of_use = {}};
  EXPECT_EQ(arrived_->context.principal, the_key);
  EXPECT_EQ(send(request_, nullptr, "also right").status, 200);
  EXPECT_EQ(arrived_->context.host_key, "second");
}

TEST_F(HostKeyDoor, TakesTheKeyFromTheQueryToo) {
  request_.target = "/api/patient/1?code=right&limit=5";
  EXPECT_EQ(enter(request_).status, 200);
  EXPECT_EQ(arrived_->target, "/api/patient/1?limit=5");
}

TEST_F(HostKeyDoor, HandsNeitherKeyNorTokenOn) {
  request_.context.principal = laboratory_;
  EXPECT_EQ(send(request_, &principal_key_).status, 200);
  EXPECT_FALSE(arrived_->headers.find(kHostKeyHeader).has_value());
  EXPECT_FALSE(arrived_->headers.find(kPrincipalHeader).has_value());
}

TEST_F(HostKeyDoor, RefusesAMissingWrongOrRepeatedKeyInTheServicesForm) {
  auto wrong = request_;
  wrong.headers.add(kHostKeyHeader, "wrong");
  auto empty = request_;
  empty.headers.add(kHostKeyHeader, "");
  auto repeated = request_;
  repeated.headers.add(kHostKeyHeader, "right");
  repeated.headers.add(kHostKeyHeader, "right");
  auto in_both_places = request_;
  in_both_places.headers.add(kHostKeyHeader, "right");
  in_both_places.target = "/api/patient/1?code=right";
  for (const auto& request : {request_, wrong, empty, repeated, in_both_places}) {
    const auto answer = enter(request);
    EXPECT_EQ(answer.status, 401);
    EXPECT_TRUE(answer.headers.find("WWW-Authenticate").has_value());
    EXPECT_THAT(answer.body, testing::MatchesRegex("\"[^\"]+\""));
    EXPECT_FALSE(arrived_.has_value());
  }
}

TEST_F(HostKeyDoor, HandsOnWhoAsksAsTheSignatureProvesIt) {
  request_.context.principal = laboratory_;
  EXPECT_EQ(send(request_, &principal_key_).status, 200);
  auto principal = arrived_->context.principal.value();
  const auto verified = verify_principal(principal.token, clock_.now(), principal_key_.verifying_key());
  EXPECT_TRUE(verified.has_value());
  principal.token.clear();
  EXPECT_EQ(principal, laboratory_);
}

TEST_F(HostKeyDoor, RefusesAForgedPrincipal) {
  request_.context.principal = laboratory_;
  const auto other_key = SigningKey::generate(random_);
  EXPECT_EQ(send(request_, &other_key).status, 401);
  EXPECT_FALSE(arrived_.has_value());
}

TEST_F(HostKeyDoor, RefusesAnExpiredPrincipal) {
  auto request = request_;
  request.headers.add(kHostKeyHeader, "right");
  request.headers.add(kPrincipalHeader,
                      sign_principal(laboratory_, request.context.trace.operation_id(), clock_.now(), principal_key_));
  EXPECT_EQ(enter(request).status, 200);
  clock_.moment += kPrincipalLifetime;
  EXPECT_EQ(enter(request).status, 401);
}

TEST_F(HostKeyDoor, RefusesAPrincipalOfAnotherOperation) {
  auto request = request_;
  request.headers.add(kHostKeyHeader, "right");
  request.headers.add(kPrincipalHeader,
                      sign_principal(laboratory_, "0af7651916cd43dd8448eb211c80319c", clock_.now(), principal_key_));
  EXPECT_EQ(enter(request).status, 401);
  EXPECT_FALSE(arrived_.has_value());
}

TEST_F(HostKeyDoor, RefusesTwoPrincipalsAndGarbage) {
  auto request = request_;
  request.headers.add(kHostKeyHeader, "right");
  request.headers.add(kPrincipalHeader, "garbage");
  EXPECT_EQ(enter(request).status, 401);
  const auto token = sign_principal(laboratory_, request.context.trace.operation_id(), clock_.now(), principal_key_);
  request.headers.set(kPrincipalHeader, token);
  request.headers.add(kPrincipalHeader, token);
  EXPECT_EQ(enter(request).status, 401);
}

TEST_F(HostKeyDoor, SendsNoKeyThatTheRequestBroughtItself) {
  request_.headers.add(kHostKeyHeader, "forged");
  request_.target = "/api/patient/1?code=forged&limit=5";
  EXPECT_EQ(send(request_, &principal_key_).status, 200);
  EXPECT_EQ(arrived_->target, "/api/patient/1?limit=5");
}

TEST_F(HostKeyDoor, SendsNoTokenThatTheRequestBroughtItself) {
  request_.headers.add(kPrincipalHeader, "forged");
  EXPECT_EQ(send(request_, &principal_key_).status, 200);
  EXPECT_EQ(arrived_->context.principal->kind, "host-key");
}

Secret two_versions() {
  auto secret = secret_of("new");
  secret.versions.push_back({.id = "0", .value = SensitiveText("right")});
  return secret;
}

TEST_F(HostKeyDoor, TriesTheKeyBeforeWhereTheNewestIsNotKnownYet) {
  request_.body = "{}";
  const HostKeySender sender({"patients-host-key", unchanging(two_versions()), nullptr, find_nothing_newer}, clock_,
                             to_guard());
  EXPECT_EQ(run(sender.handle(request_)).status, 200);
  EXPECT_EQ(tries_, 2);
  EXPECT_EQ(arrived_->body, "{}");
}

TEST_F(HostKeyDoor, LooksOnceMoreForAKeyThatItDoesNotKnow) {
  found_ = [this] {
    accepted_->replace(
        {{.bytes = sha256("new"), .superseded = std::nullopt}, {.bytes = sha256("right"), .superseded = clock_.now()}});
  };
  const HostKeySender sender({"patients-host-key", unchanging(two_versions()), nullptr, find_nothing_newer}, clock_,
                             to_guard());
  EXPECT_EQ(run(sender.handle(request_)).status, 200);
  EXPECT_EQ(tries_, 1);
  EXPECT_EQ(send(request_, nullptr, "right").status, 200);
}

TEST_F(HostKeyDoor, TriesTheSigningKeyBeforeWhereTheNewestIsNotKnownYet) {
  request_.context.principal = laboratory_;
  const HostKeySender sender(
      {"patients-host-key", unchanging(two_versions()),
       unchanging(SigningKeys{{.id = "2", .key = SigningKey::generate(random_)}, {.id = "1", .key = principal_key_}}),
       find_nothing_newer},
      clock_, to_guard());
  EXPECT_EQ(run(sender.handle(request_)).status, 200);
  EXPECT_EQ(tries_, 3);
  EXPECT_EQ(arrived_->context.principal->name, "laboratory");
}

TEST_F(HostKeyDoor, NotesInTheSpanWhichVersionsWereUsed) {
  telemetry::Tracer tracer;
  const auto trace = telemetry::TraceContext::begin(random_);
  request_.context.principal = laboratory_;
  {
    const telemetry::Span span(tracer.begin(trace, {}),
                               {.name = "GET /patient/{id}", .kind = telemetry::SpanKind::kServer, .part = "gateway"});
    auto request = request_;
    request.context.span = span.place();
    const HostKeySender sender({"patients-host-key", unchanging(two_versions()),
                                unchanging(SigningKeys{{.id = "7", .key = principal_key_}}), find_nothing_newer},
                               clock_, to_guard());
    run(sender.handle(std::move(request)));
    arrived_.reset();
  }
  std::map<std::string_view, std::string> said;
  const auto operations = tracer.find(trace.trace_id);
  for (const auto& [name, value] : operations.at(0)->spans.at(0).attributes) {
    said[name] = std::get<std::string_view>(value);
  }
  // The door took the version before the newest.
  EXPECT_THAT(said, testing::ElementsAre(testing::Pair("assay.host_key.name", "patients-host-key"),
                                         testing::Pair("assay.host_key.version", "0"),
                                         testing::Pair("assay.principal_key.version", "7")));
}

TEST_F(HostKeyDoor, TakesAPrincipalOfASigningKeyThatIsFoundOnASecondLook) {
  request_.context.principal = laboratory_;
  const auto newer = SigningKey::generate(random_);
  found_ = [this, &newer] {
    principal_keys_->replace({{.bytes = newer.verifying_key().bytes, .superseded = std::nullopt}});
  };
  EXPECT_EQ(send(request_, &newer).status, 200);
}

TEST_F(HostKeyDoor, LooksForANewerKeyWhereNoneIsAcceptedAnyMore) {
  const auto key = std::make_shared<Current<Secret>>(secret_of("compromised"));
  found_ = [&key] { key->set(secret_of("right")); };
  const HostKeySender sender({"patients-host-key", key, nullptr, [this] { return look_again(); }}, clock_, to_guard());
  EXPECT_EQ(run(sender.handle(request_)).status, 200);
  EXPECT_EQ(tries_, 2);
}

Awaitable<http::Response> refuse(int* sent) {
  ++*sent;
  co_return http::respond(401, "{}");
}

TEST_F(HostKeyDoor, RefusesAPrincipalOfASigningKeyWhoseOverlapIsOver) {
  principal_keys_->replace({{.bytes = SigningKey::generate(random_).verifying_key().bytes, .superseded = std::nullopt},
                            {.bytes = principal_key_.verifying_key().bytes, .superseded = clock_.now()}});
  request_.context.principal = laboratory_;
  EXPECT_EQ(send(request_, &principal_key_).status, 200);
  clock_.moment += Overlap().limit;
  EXPECT_EQ(send(request_, &principal_key_).status, 401);
}

TEST_F(HostKeyDoor, SendsOnceWhatIsRefusedForAnotherReason) {
  int sent = 0;
  const HostKeySender sender({"patients-host-key", unchanging(two_versions()), nullptr, find_nothing_newer}, clock_,
                             [&sent](const http::Request& /*request*/) { return refuse(&sent); });
  EXPECT_EQ(run(sender.handle(request_)).status, 401);
  EXPECT_EQ(sent, 1);
}

}  // namespace
}  // namespace assay::secrets
