#include "otlp/exporter.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "otlp/testing.hpp"

namespace assay::otlp {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// A receiver that answers as the test wrote it down, and at last goes on as it answered last.
class Receiver {
 public:
  explicit Receiver(std::vector<Reply> replies) : replies_(std::move(replies)) {}

  Transport transport() {
    return [this](std::string_view body, const std::function<bool()>& is_given_up) {
      std::unique_lock lock(mutex_);
      bodies_.emplace_back(body);
      came_.notify_all();
      while (is_silent_ && !is_given_up()) came_.wait_for(lock, milliseconds(1));
      if (is_silent_) return Reply{.status = std::nullopt, .reason = "given up"};
      return bodies_.size() <= replies_.size() ? replies_[bodies_.size() - 1] : replies_.back();
    };
  }

  void be_silent() { is_silent_ = true; }

  /// Once there are so many.
  std::vector<std::string> bodies(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return bodies_.size() >= count; });
    return bodies_;
  }

 private:
  std::vector<Reply> replies_;
  bool is_silent_ = false;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> bodies_;
};

class ExporterTest : public testing::Test {
 protected:
  std::unique_ptr<Exporter> exporter_to(Receiver& receiver, const RetryOptions& retry = {}) {
    const ExporterOptions options{.queue = {.linger = milliseconds(1)}, .retry = retry, .flush = milliseconds(50)};
    return std::make_unique<Exporter>(options, Resource{}, receiver.transport(), random_, log_, metrics_);
  }

  SystemRandom random_;
  telemetry::Log log_{"test", telemetry::Level::kError};
  telemetry::Metrics metrics_;
};

TEST_F(ExporterTest, SendsABatchOnceAndCountsIt) {
  Receiver receiver({{.status = 200}});
  const auto exporter = exporter_to(receiver);
  exporter->take(an_operation(3));
  EXPECT_EQ(receiver.bodies(1)[0], encode({an_operation(3)}, {}));
  exporter->stop();
  EXPECT_EQ(receiver.bodies(1).size(), 1);
  EXPECT_EQ(exporter->counts().exported, 3);
}

TEST_F(ExporterTest, SendsTheSameAgainWhenTheReceiverIsAwayOrBusy) {
  Receiver receiver({{.status = std::nullopt}, {.status = 503}, {.status = 200}});
  const auto exporter = exporter_to(receiver, {.first_pause = milliseconds(1)});
  exporter->take(an_operation(3));
  const auto bodies = receiver.bodies(3);
  EXPECT_EQ(bodies[1], bodies[0]);
  EXPECT_EQ(bodies[2], bodies[0]);
  exporter->stop();
  EXPECT_EQ(exporter->counts().exported, 3) << "each span counts once, however often it was tried";
}

TEST_F(ExporterTest, DropsWhatTheReceiverRefuses) {
  Receiver receiver({{.status = 400}, {.status = 200, .rejected_spans = 2}, {.status = 200, .rejected_spans = 99}});
  const auto exporter = exporter_to(receiver);
  for (std::size_t batch = 1; batch <= 3; ++batch) {
    exporter->take(an_operation(3));
    receiver.bodies(batch);
  }
  exporter->stop();
  EXPECT_EQ(receiver.bodies(3).size(), 3);
  EXPECT_EQ(exporter->counts().rejected, 3 + 2 + 3);
  EXPECT_EQ(exporter->counts().exported, 1);
}

TEST_F(ExporterTest, GivesUpOnAReceiverThatStaysAway) {
  Receiver receiver({{.status = std::nullopt}, {.status = 200}});
  const auto exporter = exporter_to(receiver, {.first_pause = milliseconds(20), .patience = std::chrono::seconds(0)});
  exporter->take(an_operation(3));
  receiver.bodies(1);
  exporter->take(an_operation(1));
  receiver.bodies(2);
  exporter->stop();
  EXPECT_EQ(exporter->counts().unreachable, 3);
  EXPECT_EQ(exporter->counts().exported, 1);
}

TEST_F(ExporterTest, AStopSendsWhatIsThere) {
  Receiver receiver({{.status = 200}});
  const auto exporter = exporter_to(receiver);
  for (int i = 0; i < 1'000; ++i) exporter->take(an_operation(3));
  exporter->stop();
  exporter->take(an_operation(1));
  EXPECT_EQ(exporter->counts().exported, 3'000);
  EXPECT_EQ(exporter->counts().late, 1);
}

TEST_F(ExporterTest, AStopDoesNotWaitForAReceiverThatIsAway) {
  Receiver receiver({{.status = std::nullopt}});
  const auto exporter =
      exporter_to(receiver, {.first_pause = hours(1), .longest_pause = hours(1), .patience = hours(2)});
  exporter->take(an_operation(600));
  receiver.bodies(1);
  exporter->take(an_operation(600));
  exporter->stop();
  EXPECT_EQ(exporter->counts().stopped, 1'200);
}

TEST_F(ExporterTest, AStopEndsACallThatHangs) {
  Receiver receiver({{.status = 200}});
  receiver.be_silent();
  const auto exporter = exporter_to(receiver);
  exporter->take(an_operation(2));
  receiver.bodies(1);
  exporter->stop();
  EXPECT_EQ(exporter->counts().stopped, 2);
}

TEST_F(ExporterTest, ShowsItsAccountInTheMetrics) {
  Receiver receiver({{.status = 200, .rejected_spans = 1}});
  const auto exporter = exporter_to(receiver);
  exporter->take(an_operation(3));
  exporter->stop();
  exporter->take(an_operation(4));
  const auto exposed = metrics_.expose();
  for (const auto* line :
       {"otel_sdk_processor_span_processed_total 3\n",
        "otel_sdk_processor_span_processed_total{error_type=\"stopped\"} 4\n",
        "otel_sdk_processor_span_processed_total{error_type=\"queue_full\"} 0\n",
        "otel_sdk_exporter_span_exported_total 2\n",
        "otel_sdk_exporter_span_exported_total{error_type=\"rejected\"} 1\n",
        "otel_sdk_exporter_span_exported_total{error_type=\"unreachable\"} 0\n",
        "otel_sdk_exporter_span_exported_total{error_type=\"stopped\"} 0\n", "otel_sdk_exporter_span_inflight 0\n",
        "otel_sdk_processor_span_queue_size 0\n", "otel_sdk_processor_span_queue_capacity 16384\n"}) {
    EXPECT_NE(exposed.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace assay::otlp
