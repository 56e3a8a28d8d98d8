#include "app/waterfall.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "app/clock_skew.hpp"
#include "base/json.hpp"

namespace assay::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kMillisecond = 1'000'000;

ToldSpan span(std::string id, std::string parent, std::string part, std::string kind, std::int64_t start,
              std::int64_t end) {
  return {.id = std::move(id),
          .parent = std::move(parent),
          .name = "work",
          .part = std::move(part),
          .kind = std::move(kind),
          .start = start * kMillisecond,
          .end = end * kMillisecond,
          .is_error = false,
          .attributes = {},
          .source = {}};
}

TEST(Waterfall, IndentsChildrenAndPlacesThemInTime) {
  const auto drawn = draw_waterfall(
      {span("b", "a", "patients", "internal", 50, 100), span("a", "", "gateway", "server", 0, 100)}, {.width = 60});
  EXPECT_EQ(drawn,
            "SPAN                     MS  WHEN\n"
            "gateway work        100.000  ###############################\n"
            "  patients work      50.000                 ################\n");
}

TEST(Waterfall, MarksErrorsAndTellsAttributesThatTheNameDoesNot) {
  auto failed = span("a", "", "gateway", "server", 0, 1);
  failed.name = "POST /patient";
  failed.is_error = true;
  failed.attributes = {{"http.request.method", "POST"}, {"http.route", "/patient"}, {"error.type", "503"}};
  EXPECT_THAT(draw_waterfall({failed}, {}),
              AllOf(HasSubstr("gateway POST /patient !"), HasSubstr("  - error.type=503\n"), Not(HasSubstr("route"))));
}

TEST(Waterfall, StaysWithinItsWidthAndColoursOnlyWhenTold) {
  auto deep = span("a", "", "gateway", "server", 0, 100);
  deep.name = std::string(300, 'x');
  for (const auto& line : {draw_waterfall({deep}, {.width = 80})}) {
    EXPECT_LE(line.substr(line.find('\n') + 1).size(), 81U);
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
  }
  EXPECT_THAT(draw_waterfall({deep}, {.width = 80, .is_coloured = true}), HasSubstr("\x1b[36m"));
}

TEST(Waterfall, LetsNoTextOfAPartActOnTheTerminal) {
  auto hostile = span("a", "", "gate\x1b[2Jway", "server", 0, 1);
  hostile.attributes = {{"x", "\x1b]0;title\x07"}};
  EXPECT_THAT(draw_waterfall({hostile}, {}), Not(HasSubstr("\x1b")));
}

TEST(Waterfall, BearsCirclesMissingParentsAndSpansThatEndBeforeTheyBegin) {
  const auto drawn =
      draw_waterfall({span("a", "b", "gateway", "server", 0, 5), span("b", "a", "gateway", "client", 1, 2),
                      span("c", "gone", "audit", "server", 9, 3)},
                     {});
  EXPECT_EQ(std::ranges::count(drawn, '\n'), 4);
}

TEST(ClockSkew, MovesWhatAnotherProcessDidIntoTheCall) {
  std::vector<ToldSpan> spans{
      span("a", "", "gateway", "server", 1'000, 1'100), span("b", "a", "gateway", "client", 1'010, 1'090),
      span("c", "b", "patients", "server", 90'000, 90'060), span("d", "c", "patients", "internal", 90'010, 90'020)};
  const auto shifts = take_out_skew(spans);
  EXPECT_EQ(shifts.at("patients"), (1'020 - 90'000) * kMillisecond);
  EXPECT_EQ(spans[2].start, 1'020 * kMillisecond);
  EXPECT_EQ(spans[2].end, 1'080 * kMillisecond);
  EXPECT_EQ(spans[3].start, 1'030 * kMillisecond);
}

TEST(ClockSkew, LeavesClocksThatAgreeAndWorkThatOutlastsItsCaller) {
  std::vector<ToldSpan> spans{span("a", "", "gateway", "client", 0, 100), span("b", "a", "patients", "server", 1, 99),
                              span("c", "b", "patients", "internal", 90, 200)};
  EXPECT_TRUE(take_out_skew(spans).empty());
  EXPECT_EQ(spans[2].end, 200 * kMillisecond);
}

TEST(ClockSkew, IsTold) {
  const auto drawn =
      draw_waterfall({span("a", "", "gateway", "client", 0, 10), span("b", "a", "audit", "server", 500, 504)}, {});
  EXPECT_THAT(drawn,
              HasSubstr("The clock of audit goes otherwise than its caller's: its spans are moved by -497.000 ms."));
}

}  // namespace
}  // namespace assay::app
