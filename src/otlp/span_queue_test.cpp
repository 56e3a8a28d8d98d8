#include "otlp/span_queue.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "otlp/testing.hpp"

namespace assay::otlp {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

void expect_balance(const SpanCounts& counts) {
  EXPECT_EQ(counts.taken, counts.queued + counts.queue_full + counts.late + counts.handed_over);
  EXPECT_EQ(counts.handed_over,
            counts.in_flight + counts.exported + counts.rejected + counts.unreachable + counts.stopped);
}

TEST(SpanQueueTest, DropsWhatItHasNoRoomFor) {
  SpanQueue queue({.spans = 5, .batch_spans = 5});
  for (int i = 0; i < 3; ++i) queue.take(an_operation(2));
  EXPECT_EQ(queue.counts().queued, 4);
  EXPECT_EQ(queue.counts().queue_full, 2);
  queue.take(an_operation(1));
  EXPECT_EQ(queue.counts().queued, 5) << "a smaller one may still fit";
  expect_balance(queue.counts());
}

TEST(SpanQueueTest, IsBoundedInMemoryToo) {
  SpanQueue queue({.bytes = 20'000});
  for (int i = 0; i < 100; ++i) queue.take(an_operation(1));
  EXPECT_GT(queue.counts().queue_full, 0);
  EXPECT_GT(queue.counts().queued, 0);
  const auto before = queue.counts().queue_full;
  queue.stop();
  EXPECT_FALSE(queue.next_batch().empty());
  EXPECT_EQ(queue.counts().queue_full, before);
  expect_balance(queue.counts());
}

TEST(SpanQueueTest, HandsOverWholeOperationsUpToABatch) {
  SpanQueue queue({.batch_spans = 5, .linger = hours(1)});
  for (const std::size_t spans : {2U, 2U, 2U, 9U}) queue.take(an_operation(spans));
  EXPECT_EQ(queue.next_batch().size(), 2);
  EXPECT_EQ(queue.next_batch().size(), 1);
  EXPECT_EQ(queue.next_batch().size(), 1) << "larger than a batch, and by itself";
  EXPECT_EQ(queue.counts().in_flight, 15);
  queue.settle(Fate::kExported, 4);
  queue.settle(Fate::kRejected, 2);
  queue.settle(Fate::kUnreachable, 9);
  EXPECT_EQ(queue.counts().in_flight, 0);
  expect_balance(queue.counts());
}

TEST(SpanQueueTest, HandsOverLessThanABatchAfterAWhile) {
  SpanQueue queue({.batch_spans = 100, .linger = milliseconds(1)});
  queue.take(an_operation(1));
  EXPECT_EQ(queue.next_batch().size(), 1);
}

TEST(SpanQueueTest, WakesWhoWaitsForABatch) {
  SpanQueue queue({.batch_spans = 4, .linger = hours(1)});
  std::size_t operations = 0;
  std::thread reader([&] { operations = queue.next_batch().size(); });
  for (int i = 0; i < 4; ++i) queue.take(an_operation(1));
  reader.join();
  EXPECT_EQ(operations, 4);
}

TEST(SpanQueueTest, GivesWhatIsLeftAfterAStopAndTakesNoMore) {
  SpanQueue queue({.linger = hours(1)});
  queue.take(an_operation(3));
  queue.stop();
  queue.take(an_operation(2));
  EXPECT_EQ(queue.next_batch().size(), 1);
  EXPECT_TRUE(queue.next_batch().empty());
  EXPECT_EQ(queue.counts().late, 2);
  EXPECT_FALSE(queue.wait_until(std::chrono::steady_clock::now() + hours(1)));
  expect_balance(queue.counts());
}

TEST(SpanQueueTest, LosesNoneOfWhatManyThreadsHandIn) {
  constexpr int kThreads = 4;
  constexpr int kOperations = 5'000;
  SpanQueue queue({.spans = 1'000, .batch_spans = 64, .linger = milliseconds(1)});
  std::thread reader([&] {
    for (auto batch = queue.next_batch(); !batch.empty(); batch = queue.next_batch()) {
      std::uint64_t spans = 0;
      for (const auto& operation : batch) spans += operation->spans.size();
      queue.settle(Fate::kExported, spans);
    }
  });
  std::vector<std::thread> writers;
  for (int i = 0; i < kThreads; ++i) {
    writers.emplace_back([&] {
      for (int n = 0; n < kOperations; ++n) {
        queue.take(an_operation(3));
        expect_balance(queue.counts());
      }
    });
  }
  for (auto& writer : writers) writer.join();
  queue.stop();
  reader.join();
  const auto counts = queue.counts();
  EXPECT_EQ(counts.taken, 3 * kThreads * kOperations);
  EXPECT_EQ(counts.exported + counts.queue_full, counts.taken);
}

}  // namespace
}  // namespace assay::otlp
