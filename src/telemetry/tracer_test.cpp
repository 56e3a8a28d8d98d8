#include "telemetry/tracer.hpp"

#include <gmock/gmock.h>

namespace assay::telemetry {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class Traces : public testing::Test {
 protected:
  /// An operation of one span.
  TraceContext record(bool is_error = false) {
    const auto own = TraceContext::begin(random_);
    Span span(SpanPlace(tracer_.begin(own, {})), "gateway", "GET /status", SpanKind::kServer);
    if (is_error) span.fail();
    return own;
  }

  SystemRandom random_;
  Tracer tracer_{{.recent = 3, .notable = 2, .slow_after = std::chrono::hours(1)}};
};

TEST_F(Traces, AreATreeOfSpansUnderTheCallers) {
  const auto own = TraceContext::begin(random_);
  const SpanId caller{1, 2, 3};
  {
    const Span server(SpanPlace(tracer_.begin(own, caller)), "gateway", "POST /patient", SpanKind::kServer);
    server.set("http.route", std::string("/before"));
    server.set("http.route", std::string("/patient"));
    const Span client(server.place(), "gateway", "POST", SpanKind::kClient);
    EXPECT_EQ(server.context_or({}), own);
    EXPECT_EQ(client.context_or({}).trace_id, own.trace_id);
    EXPECT_NE(client.context_or({}).span_id, own.span_id);
    EXPECT_THAT(tracer_.find(own.trace_id), IsEmpty()) << "before it has ended";
  }
  const auto spans = tracer_.find(own.trace_id);
  ASSERT_THAT(spans, SizeIs(2));
  EXPECT_EQ(spans[0].id, own.span_id);
  EXPECT_EQ(spans[0].parent, caller);
  ASSERT_THAT(spans[0].attributes, SizeIs(1)) << "a name has one value, the last";
  EXPECT_EQ(std::get<std::string>(spans[0].attributes[0].value), "/patient");
  EXPECT_EQ(spans[1].parent, own.span_id);
  EXPECT_LE(spans[0].start, spans[1].start);
  EXPECT_LE(spans[1].end, spans[0].end);
}

TEST_F(Traces, OfOneProcessMayBeginMoreThanOnce) {
  const auto own = TraceContext::begin(random_);
  for (const auto& place : {own, own.child(random_)}) {
    const Span span(SpanPlace(tracer_.begin(place, {})), "audit", "POST /api/auditrecords", SpanKind::kServer);
  }
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

TEST(Span, RecordsNothingWithoutAPlace) {
  const Span span(SpanPlace(), "gateway", "GET /status", SpanKind::kServer);
  span.set("http.route", std::string("/status"));
  const TraceContext otherwise{.flags = 7};
  EXPECT_EQ(span.context_or(otherwise), otherwise);
}

}  // namespace
}  // namespace assay::telemetry
