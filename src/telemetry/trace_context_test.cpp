#include "telemetry/trace_context.hpp"

#include <gtest/gtest.h>

namespace assay::telemetry {
namespace {

constexpr std::string_view kExample = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, ReadsAndWritesTheStandardsExample) {
  const auto context = TraceContext::parse(kExample);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->operation_id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->to_string(), kExample);
}

TEST(TraceContext, AcceptsALaterVersionWithMoreFields) {
  EXPECT_TRUE(TraceContext::parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what").has_value());
}

TEST(TraceContext, RefusesWhatTheStandardRefuses) {
  for (const auto* text : {"", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
                           "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                           "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
                           "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x"}) {
    EXPECT_FALSE(TraceContext::parse(text).has_value()) << text;
  }
}

TEST(TraceContext, AChildKeepsTheOperation) {
  SystemRandom random;
  const auto parent = TraceContext::begin(random);
  const auto child = parent.child(random);
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_NE(child.span_id, parent.span_id);
}

}  // namespace
}  // namespace assay::telemetry
