#include "app/signing_appender.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "secrets/testing.hpp"

namespace assay::app {
namespace {

class KeepingAppender final : public audit::Appender {
 public:
  Awaitable<Result<std::vector<audit::Appended>>> append(std::vector<audit::NewRecord> records,
                                                         telemetry::SpanPlace /*under*/) override {
    kept = std::move(records);
    co_return std::vector<audit::Appended>();
  }

  std::vector<audit::NewRecord> kept;
};

audit::NewRecord record_of(std::string token) {
  audit::NewRecord record;
  record.operation_id = "0af7651916cd43dd8448eb211c80319c";
  record.actor = Principal{.kind = "operator",
                           .id = "1000",
                           .name = "anna",
                           .on_behalf_of = {},
                           .purpose_of_use = {},
                           .token = std::move(token)};
  return record;
}

TEST(TheSigningAppender, SignsTheActorForItsOperationUnlessItCameSigned) {
  SystemRandom random;
  const SystemClock clock;
  const auto key = SigningKey::generate(random);
  KeepingAppender kept;
  SigningAppender appender(kept, secrets::unchanging(secrets::SigningKeys{{.id = "1", .key = key}}), clock);
  boost::asio::io_context context(1);
  auto appended = boost::asio::co_spawn(context, appender.append({record_of(""), record_of("signed"), {}}, {}),
                                        boost::asio::use_future);
  context.run();
  ASSERT_TRUE(appended.get().has_value());
  const auto verified = verify_principal(kept.kept.at(0).actor->token, clock.now(), key.verifying_key());
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(verified->principal.name, "anna");
  EXPECT_EQ(verified->operation_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(kept.kept.at(1).actor->token, "signed");
  EXPECT_FALSE(kept.kept.at(2).actor.has_value());
}

}  // namespace
}  // namespace assay::app
