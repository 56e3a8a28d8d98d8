#include "sqlite/gateway_store.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/io_threads.hpp"
#include "base/temporary_folder.hpp"
#include "sqlite/gateway_check.hpp"

namespace assay::sqlite {
namespace {

using gateway::KeySlot;
using gateway::State;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class GatewayStoreTest : public testing::Test {
 protected:
  GatewayStoreTest() {
    open();
    threads_.start();
  }

  void open() {
    store_.reset();
    store_.emplace(file_, folder_.path() / "reserve", log_, metrics_);
  }
  template <class T>
  T wait(Awaitable<T> call) {
    return boost::asio::co_spawn(threads_.context(0), std::move(call), boost::asio::use_future).get();
  }
  gateway::Subscription subscription(std::string name) {
    return {.id = Uuid::generate(random_),
            .name = std::move(name),
            .state = State::kActive,
            .scopes = gateway::Scopes::defaults(),
            .keys = {gateway::make_key(random_).stored, gateway::make_key(random_).stored},
            .created_date = Timestamp(std::chrono::milliseconds(1764000000123))};
  }
  gateway::PendingReport report(std::string operation, std::string name = "laboratory") {
    return {.record_id = Uuid::generate(random_),
            .operation = std::move(operation),
            .subscription_name = std::move(name),
            .actor = {.kind = "operator", .id = "1000", .name = "anna", .on_behalf_of = {}, .purpose_of_use = {}},
            .operation_id = "0af7651916cd43dd8448eb211c80319c"};
  }
  std::vector<std::string> waiting() {
    std::vector<std::string> operations;
    for (const auto& each : wait(store_->pending_reports())) operations.push_back(each.operation);
    return operations;
  }
  void damage(std::string_view sql) {
    store_.reset();
    Connection(file_, Access::kReadWrite).execute(sql);
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "gateway.db";
  SystemRandom random_;
  telemetry::Log log_{"test", telemetry::Level::kError};
  telemetry::Metrics metrics_;
  IoThreads threads_{1};
  std::optional<GatewayStore> store_;
};

TEST_F(GatewayStoreTest, GivesBackWhatItWasGivenAfterARestart) {
  const auto made = subscription("laboratory");
  const auto reported = report("create");
  EXPECT_TRUE(wait(store_->create(made, reported)));
  open();
  EXPECT_THAT(wait(store_->list()), ElementsAre(made));
  const auto reports = wait(store_->pending_reports());
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].record_id, reported.record_id);
  EXPECT_EQ(reports[0].subscription_name, "laboratory");
  EXPECT_EQ(reports[0].actor, reported.actor);
  EXPECT_EQ(reports[0].operation_id, reported.operation_id);
}

TEST_F(GatewayStoreTest, TakesANameOnceAndReportsNothingElse) {
  const auto made = subscription("laboratory");
  EXPECT_TRUE(wait(store_->create(made, report("create"))));
  const auto again = wait(store_->create(subscription("laboratory"), report("create")));
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().status, 409);
  EXPECT_THAT(wait(store_->list()), ElementsAre(made));
  EXPECT_THAT(waiting(), ElementsAre("create"));
}

TEST_F(GatewayStoreTest, ReplacesOneKeyOnly) {
  auto made = subscription("laboratory");
  wait(store_->create(made, report("create")));
  const auto other = subscription("other");
  wait(store_->create(other, report("create", "other")));
  for (const auto slot : {KeySlot::kPrimary, KeySlot::kSecondary}) {
    const auto key = gateway::make_key(random_).stored;
    made.keys.at(static_cast<std::size_t>(slot)) = key;
    EXPECT_TRUE(wait(store_->replace_key("laboratory", slot, key, report("regenerate-primary"))));
    EXPECT_THAT(wait(store_->list()), ElementsAre(made, other));
  }
}

TEST_F(GatewayStoreTest, KeepsTheState) {
  wait(store_->create(subscription("laboratory"), report("create")));
  EXPECT_TRUE(wait(store_->set_state("laboratory", State::kSuspended, report("suspend"))));
  EXPECT_EQ(wait(store_->list()).at(0).state, State::kSuspended);
  EXPECT_TRUE(wait(store_->set_state("laboratory", State::kActive, report("activate"))));
  EXPECT_EQ(wait(store_->list()).at(0).state, State::kActive);
}

TEST_F(GatewayStoreTest, RemovesASubscriptionButNotItsReports) {
  wait(store_->create(subscription("laboratory"), report("create")));
  EXPECT_TRUE(wait(store_->remove("laboratory", report("delete"))));
  EXPECT_THAT(wait(store_->list()), IsEmpty());
  EXPECT_THAT(waiting(), ElementsAre("create", "delete"));
}

TEST_F(GatewayStoreTest, ChangesAndReportsNothingForAnUnknownName) {
  const auto key = gateway::make_key(random_).stored;
  for (const auto& changed : {wait(store_->replace_key("nobody", KeySlot::kPrimary, key, report("regenerate-primary"))),
                              wait(store_->set_state("nobody", State::kSuspended, report("suspend"))),
                              wait(store_->remove("nobody", report("delete")))}) {
    ASSERT_FALSE(changed.has_value());
    EXPECT_EQ(changed.error().status, 404);
  }
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(GatewayStoreTest, ForgetsAReportOnceItWasHandedIn) {
  const auto first = report("create");
  wait(store_->create(subscription("laboratory"), first));
  wait(store_->set_state("laboratory", State::kSuspended, report("suspend")));
  wait(store_->forget_report(first.record_id));
  EXPECT_THAT(waiting(), ElementsAre("suspend"));
}

TEST_F(GatewayStoreTest, IsFoundInOrder) {
  wait(store_->create(subscription("laboratory"), report("create")));
  wait(store_->create(subscription("other"), report("create", "other")));
  EXPECT_THAT(check_gateway(file_), IsEmpty());
}

TEST_F(GatewayStoreTest, IsFoundOutWhenARowIsDamaged) {
  wait(store_->create(subscription("laboratory"), report("create")));
  wait(store_->create(subscription("other"), report("create", "other")));
  const std::vector<std::pair<std::string, std::string>> faults{
      {"UPDATE subscription SET scopes = 'everything' WHERE row = 1", "row 1 of subscription"},
      {"UPDATE subscription SET scopes = 'admin', name = ' x' WHERE row = 1", "Subscription 1 has a name"},
      {"UPDATE subscription SET name = 'x', secondary_key_hash = primary_key_hash WHERE row = 2",
       "A key of subscription 2"},
      {"UPDATE subscription SET primary_key_hash = x'00' WHERE row = 2", "Subscription 2 has an id"},
      {"UPDATE pending_report SET operation = 'x' WHERE row = 1", "The waiting report 1"}};
  for (const auto& [sql, sentence] : faults) {
    damage(sql);
    EXPECT_THAT(check_gateway(file_), testing::Contains(HasSubstr(sentence))) << sql;
  }
}

TEST_F(GatewayStoreTest, IsFoundOutWhenTheFileIsNoneOfOurs) {
  damage("PRAGMA application_id = 1");
  EXPECT_THAT(check_gateway(file_), ElementsAre("The file is no gateway database."));
  EXPECT_THAT(check_gateway(folder_.path() / "none.db"), ElementsAre(HasSubstr("can't be examined")));
}

}  // namespace
}  // namespace assay::sqlite
