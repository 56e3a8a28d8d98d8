#include "app/top_view.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <sstream>

namespace assay::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TopProcess busy() {
  ProcessFigures figures;
  figures.readiness = 1;
  figures.requests = 1234.5;
  figures.errors = 0.25;
  figures.memory = 3.5 * 1024 * 1024;
  figures.checkpoint_age = 0.4;
  figures.routes = {{.part = "gateway", .route = "GET /quiet", .requests = 1, .errors = 0, .latency = {}},
                    {.part = "gateway",
                     .route = "POST /patient",
                     .requests = 40,
                     .errors = 2,
                     .latency = {.p50 = 0.0004, .p90 = 0.0125, .p99 = 2.5}}};
  figures.stores = {{.store = "audit",
                     .queue = 3,
                     .commits = 12,
                     .operations = 6.5,
                     .commit = {},
                     .sync = {},
                     .disk_free = 5e12,
                     .disk_left = std::numeric_limits<double>::infinity(),
                     .backlog = std::nullopt}};
  return {.name = "serve", .trouble = {}, .figures = figures};
}

std::string squeezed(const std::string& text) {
  std::string out;
  std::ranges::unique_copy(text, std::back_inserter(out), [](char a, char b) { return a == ' ' && b == ' '; });
  return out;
}

TEST(TopView, ShowsEachFigureInItsUnitAndTheUnknownAsADash) {
  EXPECT_THAT(squeezed(draw_top({busy()}, "now", {}, 0)),
              AllOf(HasSubstr("serve degraded 1234 0.2 – – 3.5 MiB\n"), HasSubstr("audit 3 12.0 6.5 – – – –\n"),
                    HasSubstr("audit 4.5 TiB ∞ –\n"), HasSubstr("serve – 400.0 ms\n"),
                    HasSubstr("gateway POST /patient 40.0 2.0 400 µs 12.5 ms 2.5 s\n")));
}

TEST(TopView, PutsTheBusiestRouteFirst) {
  const auto drawn = draw_top({busy()}, "now", {}, 0);
  EXPECT_LT(drawn.find("POST /patient"), drawn.find("GET /quiet"));
}

TEST(TopView, SaysInItsLineWhoCannotBeAsked) {
  const auto drawn = draw_top({{.name = "audit", .trouble = "can't be reached", .figures = {}}, busy()}, "now", {}, 0);
  EXPECT_THAT(drawn, AllOf(HasSubstr("audit  can't be reached\n"), HasSubstr("serve")));
}

TEST(TopView, StaysWithinTheScreen) {
  const auto drawn = draw_top({busy()}, std::string(500, 'x'), {.width = 60}, 7);
  std::istringstream lines(drawn);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto characters =
        std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
    EXPECT_LE(characters, 60) << line;
  }
  EXPECT_EQ(count, 7U);
}

TEST(TopView, ColoursOnlyWhenTold) {
  EXPECT_THAT(draw_top({busy()}, "now", {}, 0), Not(HasSubstr("\x1b")));
  EXPECT_THAT(draw_top({busy()}, "now", {.is_coloured = true}, 0), HasSubstr("\x1b[31m"));
}

TEST(TopView, TellsProgramsTheSame) {
  const auto told = top_json({busy()}).as_array().at(0).as_object();
  EXPECT_EQ(told.at("requestsPerSecond"), 1234.5);
  EXPECT_TRUE(told.at("openConnections").is_null());
  EXPECT_TRUE(told.at("trouble").is_null());
  EXPECT_EQ(told.at("routes").as_array().size(), 2U);
  EXPECT_TRUE(told.at("stores").as_array().at(0).at("diskLeftSeconds").is_null());
}

}  // namespace
}  // namespace assay::app
