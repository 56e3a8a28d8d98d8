#include "telemetry/tracer.hpp"

#include <gmock/gmock.h>

namespace assay::telemetry {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Traces : public testing::Test {
 protected:
  /// An operation of one span.
  TraceContext record(bool is_error = false) { return record(TraceContext::begin(random_), is_error); }
  TraceContext record(const TraceContext& own, bool is_error = false) {
    Span span(tracer_.begin(own, {}), {.name = "GET /status", .kind = SpanKind::kServer, .part = "gateway"});
    if (is_error) span.fail();
    return own;
  }

  std::vector<TraceId> exported() const {
    std::vector<TraceId> ids;
    for (const auto& operation : exported_) ids.push_back(operation->trace_id);
    return ids;
  }

  SystemRandom random_;
  std::vector<FinishedOperation> exported_;
  Tracer tracer_{{.sampling_ratio = 0.25, .slow_after = std::chrono::hours(1), .recent = 3, .notable = 2}};
};

TEST_F(Traces, AreATreeOfSpansUnderTheCallers) {
  const auto own = TraceContext::begin(random_);
  const SpanId caller{1, 2, 3};
  {
    const Span server(tracer_.begin(own, caller), {.name = "POST /patient", .part = "gateway"},
                      {{"http.route", "/before"}});
    server.set("http.route", std::string(2'000, 'x'));
    server.set("http.route", "/patient");
    const Span client(server.place(), {.name = "POST", .kind = SpanKind::kClient});
    server.place().add({.name = "wait"}, PreciseTime(std::chrono::nanoseconds(7)),
                       PreciseTime(std::chrono::nanoseconds(9)));
    EXPECT_EQ(server.context_or({}), own);
    EXPECT_EQ(client.context_or({}).trace_id, own.trace_id);
    EXPECT_NE(client.context_or({}).span_id, own.span_id);
    EXPECT_THAT(tracer_.find(own.trace_id), IsEmpty()) << "before it has ended";
  }
  const auto operations = tracer_.find(own.trace_id);
  ASSERT_THAT(operations, SizeIs(1));
  const auto& spans = operations[0]->spans;
  ASSERT_THAT(spans, SizeIs(3));
  EXPECT_EQ(spans[0].id, own.span_id);
  EXPECT_EQ(spans[0].parent, caller);
  ASSERT_THAT(spans[0].attributes, SizeIs(1)) << "a name has one value, the last";
  EXPECT_EQ(std::get<std::string_view>(spans[0].attributes[0].value), "/patient");
  EXPECT_EQ(spans[1].parent, own.span_id);
  EXPECT_EQ(spans[1].part, "gateway");
  EXPECT_EQ(spans[1].kind, SpanKind::kClient);
  EXPECT_LE(spans[0].start, spans[1].start);
  EXPECT_LE(spans[1].end, spans[0].end);
  EXPECT_EQ(spans[2].parent, own.span_id);
  EXPECT_EQ(spans[2].end - spans[2].start, std::chrono::nanoseconds(2));
}

TEST_F(Traces, OfOneProcessMayBeginMoreThanOnce) {
  const auto own = TraceContext::begin(random_);
  record(own);
  record(own.child(random_));
  EXPECT_THAT(tracer_.find(own.trace_id), SizeIs(2));
}

TEST_F(Traces, AreKeptWhileTheyAreRecentAndFailedOnesLonger) {
  const auto failed = record(true);
  const auto old = record();
  for (int i = 0; i < 3; ++i) record();
  EXPECT_THAT(tracer_.find(old.trace_id), IsEmpty());
  EXPECT_THAT(tracer_.find(failed.trace_id), SizeIs(1));
  record(true);
  record(true);
  EXPECT_THAT(tracer_.find(failed.trace_id), IsEmpty());
}

TEST_F(Traces, OfSampledAndOfFailedOperationsAreExported) {
  tracer_.export_to([this](FinishedOperation operation) { exported_.push_back(std::move(operation)); });
  auto own = TraceContext::begin(random_);
  own.set_sampled(false);
  record(own);
  auto failed = own;
  failed.trace_id[0] ^= 1U;
  record(failed, true);
  auto sampled = own;
  sampled.trace_id[0] ^= 2U;
  sampled.set_sampled(true);
  record(sampled);
  EXPECT_THAT(exported(), testing::ElementsAre(failed.trace_id, sampled.trace_id));
}

TEST_F(Traces, OfSlowOperationsAreExported) {
  tracer_.export_to([this](FinishedOperation operation) { exported_.push_back(std::move(operation)); });
  auto own = TraceContext::begin(random_);
  own.set_sampled(false);
  const auto begin = precise_now();
  tracer_.begin(own, {}).add({.name = "GET /status"}, begin, begin + std::chrono::hours(1));
  EXPECT_THAT(exported(), testing::ElementsAre(own.trace_id));
}

TEST_F(Traces, AreSampledAsTheCallerSaysAndElseByTheRatio) {
  auto caller = TraceContext::begin(random_);
  for (const bool sampled : {true, false}) {
    caller.set_sampled(sampled);
    EXPECT_EQ(tracer_.enter(caller, random_).is_sampled(), sampled);
    EXPECT_EQ(tracer_.enter(caller, random_).trace_id, caller.trace_id);
  }
  int sampled = 0;
  for (int i = 0; i < 4'000; ++i) sampled += tracer_.enter(std::nullopt, random_).is_sampled() ? 1 : 0;
  EXPECT_NEAR(sampled, 1'000, 200);
}

TEST_F(Traces, HaveABoundAndTellWhatIsMissing) {
  const auto own = TraceContext::begin(random_);
  {
    const Span root(tracer_.begin(own, {}), {.name = "POST /import", .part = "gateway"});
    for (std::size_t i = 0; i < Operation::kMostSpans + 1; ++i) {
      const Span span(root.place(), {.name = "wait"});
      span.set("i", std::int64_t{1});
    }
  }
  const auto operations = tracer_.find(own.trace_id);
  EXPECT_THAT(operations.at(0)->spans, SizeIs(Operation::kMostSpans));
  const auto& told = operations.at(0)->spans.front().attributes.at(0);
  EXPECT_EQ(told.name, "assay.dropped_spans");
  EXPECT_EQ(std::get<std::int64_t>(told.value), 2);
}

TEST(Span, IsNotRecordedWhereTracingIsOff) {
  SystemRandom random;
  Tracer tracer({.enabled = false});
  const auto own = TraceContext::begin(random);
  {
    const Span span(tracer.begin(own, {}), {.name = "GET /status"});
  }
  EXPECT_THAT(tracer.find(own.trace_id), IsEmpty());
}

TEST(Span, RecordsNothingWithoutAPlace) {
  const Span span(SpanPlace(), {.name = "GET /status"});
  span.set("http.route", "/status");
  const TraceContext otherwise{.flags = 7};
  EXPECT_EQ(span.context_or(otherwise), otherwise);
}

}  // namespace
}  // namespace assay::telemetry
