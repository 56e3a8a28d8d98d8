#include "app/secret_recorder.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "base/temporary_folder.hpp"
#include "secrets/part_folders.hpp"

namespace assay::app {
namespace {

class KeepingAppender final : public audit::Appender {
 public:
  Awaitable<Result<std::vector<audit::Appended>>> append(std::vector<audit::NewRecord> records,
                                                         telemetry::SpanPlace /*under*/) override {
    if (is_away) throw Unavailable("away");
    for (auto& record : records) kept.push_back(std::move(record));
    co_return std::vector<audit::Appended>();
  }

  std::vector<audit::NewRecord> kept;
  bool is_away = false;
};

class RecordOfSecrets : public testing::Test {
 protected:
  RecordOfSecrets() { secrets::initialise(root_, random_); }

  /// As a start of the program does.
  void record() {
    SecretRecorder recorder(folders_, register_, folder_.path() / "recorded");
    auto changes = recorder.find_changes(is_first_start_);
    is_first_start_ = false;
    if (changes.empty()) return;
    boost::asio::io_context context(1);
    auto recorded = boost::asio::co_spawn(context, recorder.record(std::move(changes)), boost::asio::use_future);
    context.run();
    recorded.get();
    recorder.note_recorded();
  }
  void change(std::string_view name) { folders_.write(name, SensitiveText("new"), "anna"); }

  bool is_first_start_ = true;
  TemporaryFolder folder_;
  std::filesystem::path root_ = folder_.path() / "secrets";
  SystemRandom random_;
  secrets::PartFolders folders_{root_};
  KeepingAppender register_;
};

TEST_F(RecordOfSecrets, HasNothingOfWhatWasThereAtTheFirstStart) {
  record();
  record();
  EXPECT_TRUE(register_.kept.empty());
}

TEST_F(RecordOfSecrets, HasEachChangeOnce) {
  record();
  change("cursor-key");
  change("patients-store");
  record();
  record();
  ASSERT_EQ(register_.kept.size(), 2);
  const auto& resource = register_.kept[0].resource.value();
  EXPECT_EQ(resource.type, "secret");
  EXPECT_EQ(resource.operation, "change");
  EXPECT_EQ(*resource.id, R"({"name":"cursor-key","version":")" + folders_.versions("cursor-key").front().id + "\"}");
}

TEST_F(RecordOfSecrets, HasWhatIsDerivedTooWhereNobodySaysThatItWasARotation) {
  record();
  change("audit-host-key.verifier");
  record();
  EXPECT_EQ(register_.kept.size(), 1);
}

TEST_F(RecordOfSecrets, HasAllAgainWhereItsFileWasLost) {
  record();
  const auto all = folders_.changes().size();
  std::filesystem::remove(folder_.path() / "recorded");
  change("cursor-key");
  record();
  EXPECT_EQ(register_.kept.size(), all + 1);
}

TEST_F(RecordOfSecrets, TriesAgainWhatCouldNotBeRecordedAndUnderTheSameId) {
  record();
  change("cursor-key");
  register_.is_away = true;
  EXPECT_THROW(record(), Unavailable);
  register_.is_away = false;
  SecretRecorder recorder(folders_, register_, folder_.path() / "recorded");
  const auto first = recorder.find_changes(false);
  record();
  ASSERT_EQ(register_.kept.size(), 1);
  EXPECT_EQ(register_.kept[0].id, first.at(0).id);
}

}  // namespace
}  // namespace assay::app
