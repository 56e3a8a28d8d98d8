#include "app/top_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <tuple>

#include "app/terminal_text.hpp"

namespace assay::app {

namespace {

constexpr std::string_view kUnknown = "–";
constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::size_t kFigureWidth = 10;
constexpr std::size_t kNarrowestName = 10;

std::string number(const Figure& figure, int digits = 0) {
  return figure ? fmt::format("{:.{}f}", *figure, digits) : std::string(kUnknown);
}

std::string rate(const Figure& figure) {
  constexpr double kFromWhereOnWhole = 100;
  return number(figure, figure && *figure >= kFromWhereOnWhole ? 0 : 1);
}

std::string time_of(const Figure& seconds) {
  if (!seconds) return std::string(kUnknown);
  if (std::isinf(*seconds)) return "∞";
  constexpr double kMillisecond = 1e-3;
  constexpr double kMinute = 60;
  constexpr double kHour = 3'600;
  constexpr double kDay = 86'400;
  if (*seconds < kMillisecond) return fmt::format("{:.0f} µs", *seconds / kMillisecond / kMillisecond);
  if (*seconds < 1) return fmt::format("{:.1f} ms", *seconds / kMillisecond);
  if (*seconds < 2 * kMinute) return fmt::format("{:.1f} s", *seconds);
  if (*seconds < 2 * kHour) return fmt::format("{:.0f} min", *seconds / kMinute);
  return *seconds < 2 * kDay ? fmt::format("{:.0f} h", *seconds / kHour) : fmt::format("{:.0f} d", *seconds / kDay);
}

std::string bytes(const Figure& figure) {
  if (!figure) return std::string(kUnknown);
  constexpr double kStep = 1'024;
  constexpr std::array<std::string_view, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  double value = *figure;
  std::size_t unit = 0;
  while (std::abs(value) >= kStep && unit + 1 < kUnits.size()) {
    value /= kStep;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, value < kNarrowestName && unit > 0 ? 1 : 0, kUnits.at(unit));
}

std::string_view readiness(const Figure& figure) {
  if (!figure) return "runs";
  if (*figure <= 0) return "ready";
  return *figure < 2 ? "degraded" : "unavailable";
}

/// Lines of one width at most, with columns of figures behind a name.
class Sheet {
 public:
  explicit Sheet(const DrawingForm& form) : form_(form) {}

  void line(std::string_view text, std::string_view colour = {}) {
    const auto cut = fmt::format("{:.{}}", text, form_.width);
    lines_.push_back(form_.is_coloured && !colour.empty() ? fmt::format("{}{}{}", colour, cut, kReset) : cut);
  }

  void title(std::string_view name, std::initializer_list<std::string_view> columns) { row(name, columns, kBold); }

  template <class Texts = std::initializer_list<std::string>>
  void row(std::string_view name, const Texts& columns, std::string_view colour = {}) {
    const auto others = columns.size() * kFigureWidth;
    const auto width = form_.width > others + kNarrowestName ? form_.width - others : kNarrowestName;
    auto text = fmt::format("{:<{}.{}}", name, width, width - 1);
    for (const auto& column : columns) fmt::format_to(std::back_inserter(text), "{:>{}}", column, kFigureWidth);
    line(text, colour);
  }

  void row(std::string_view name, std::initializer_list<std::string> columns, bool is_bad) {
    row(name, columns, is_bad ? kRed : std::string_view());
  }

  std::string text(std::size_t height) const {
    const auto count = height == 0 ? lines_.size() : std::min(height, lines_.size());
    std::string out;
    for (std::size_t i = 0; i < count; ++i) fmt::format_to(std::back_inserter(out), "{}\n", lines_[i]);
    return out;
  }

 private:
  DrawingForm form_;
  std::vector<std::string> lines_;
};

void draw_processes(const std::vector<TopProcess>& processes, Sheet& sheet) {
  sheet.title("PROCESS", {"STATE", "REQ/S", "ERR/S", "CONNS", "CPU", "MEMORY"});
  for (const auto& process : processes) {
    const auto& figures = process.figures;
    if (!process.trouble.empty()) {
      sheet.line(for_terminal(fmt::format("{}  {}", process.name, process.trouble)), kRed);
      continue;
    }
    constexpr double kPercent = 100;
    const auto processors = figures.processors ? Figure(*figures.processors * kPercent) : std::nullopt;
    sheet.row(for_terminal(process.name),
              {std::string(readiness(figures.readiness)), rate(figures.requests), rate(figures.errors),
               number(figures.connections), processors ? number(processors) + " %" : std::string(kUnknown),
               bytes(figures.memory)},
              figures.readiness.value_or(0) > 0);
  }
}

template <class Each>
std::vector<Each> all_of(const std::vector<TopProcess>& processes, std::vector<Each> ProcessFigures::* member) {
  std::vector<Each> all;
  for (const auto& process : processes) {
    all.insert(all.end(), (process.figures.*member).begin(), (process.figures.*member).end());
  }
  return all;
}

void draw_stores(const std::vector<TopProcess>& processes, Sheet& sheet) {
  const auto stores = all_of(processes, &ProcessFigures::stores);
  if (stores.empty()) return;
  sheet.line("");
  sheet.title("STORE", {"QUEUE", "COMMITS/S", "OPS EACH", "P50", "P99", "FSYNC P50", "FSYNC P99"});
  for (const auto& store : stores) {
    sheet.row(for_terminal(store.store),
              {number(store.queue), rate(store.commits), number(store.operations, 1), time_of(store.commit.p50),
               time_of(store.commit.p99), time_of(store.sync.p50), time_of(store.sync.p99)});
  }
  sheet.title("DISK, INDEX", {"FREE", "LEFT", "BACKLOG"});
  for (const auto& store : stores) {
    sheet.row(for_terminal(store.store), {bytes(store.disk_free), time_of(store.disk_left), number(store.backlog)});
  }
}

void draw_audit(const std::vector<TopProcess>& processes, Sheet& sheet) {
  for (const auto& process : processes) {
    const auto& figures = process.figures;
    if (!figures.records && !figures.checkpoint_age) continue;
    sheet.line("");
    sheet.title("AUDIT TRAIL", {"RECORDS/S", "SIGNED"});
    sheet.row(for_terminal(process.name), {rate(figures.records), time_of(figures.checkpoint_age)});
  }
}

void draw_routes(const std::vector<TopProcess>& processes, Sheet& sheet) {
  auto routes = all_of(processes, &ProcessFigures::routes);
  std::ranges::sort(routes, {}, [](const RouteFigures& route) {
    return std::tuple(-route.requests.value_or(0), std::string_view(route.part), std::string_view(route.route));
  });
  sheet.line("");
  sheet.title("ROUTE", {"REQ/S", "ERR/S", "P50", "P90", "P99"});
  for (const auto& route : routes) {
    sheet.row(for_terminal(fmt::format("{} {}", route.part, route.route)),
              {rate(route.requests), rate(route.errors), time_of(route.latency.p50), time_of(route.latency.p90),
               time_of(route.latency.p99)},
              route.errors.value_or(0) > 0);
  }
}

json::value to_json(const Figure& figure) {
  return figure && std::isfinite(*figure) ? json::value(*figure) : json::value();
}

json::value to_json(const Quantiles& quantiles) {
  return {{"p50", to_json(quantiles.p50)}, {"p90", to_json(quantiles.p90)}, {"p99", to_json(quantiles.p99)}};
}

json::value to_json(const RouteFigures& route) {
  return {{"part", route.part},
          {"route", route.route},
          {"requestsPerSecond", to_json(route.requests)},
          {"errorsPerSecond", to_json(route.errors)},
          {"latencySeconds", to_json(route.latency)}};
}

json::value to_json(const StoreFigures& store) {
  return {{"store", store.store},
          {"queueLength", to_json(store.queue)},
          {"commitsPerSecond", to_json(store.commits)},
          {"operationsPerCommit", to_json(store.operations)},
          {"commitSeconds", to_json(store.commit)},
          {"syncSeconds", to_json(store.sync)},
          {"diskFreeBytes", to_json(store.disk_free)},
          {"diskLeftSeconds", to_json(store.disk_left)},
          {"indexBacklogRows", to_json(store.backlog)}};
}

template <class Each>
json::array list(const std::vector<Each>& all, json::value (*to_json)(const Each&)) {
  json::array out;
  for (const auto& each : all) out.push_back(to_json(each));
  return out;
}

json::value to_json(const TopProcess& process) {
  const auto& figures = process.figures;
  return {{"process", process.name},
          {"trouble", process.trouble.empty() ? json::value() : json::value(process.trouble)},
          {"readiness", to_json(figures.readiness)},
          {"requestsPerSecond", to_json(figures.requests)},
          {"errorsPerSecond", to_json(figures.errors)},
          {"openConnections", to_json(figures.connections)},
          {"processors", to_json(figures.processors)},
          {"residentMemoryBytes", to_json(figures.memory)},
          {"auditRecordsPerSecond", to_json(figures.records)},
          {"checkpointAgeSeconds", to_json(figures.checkpoint_age)},
          {"routes", list<RouteFigures>(figures.routes, &to_json)},
          {"stores", list<StoreFigures>(figures.stores, &to_json)}};
}

}  // namespace

std::string draw_top(const std::vector<TopProcess>& processes, const std::string& headline, const DrawingForm& form,
                     std::size_t height) {
  Sheet sheet(form);
  sheet.line(headline);
  sheet.line("");
  draw_processes(processes, sheet);
  draw_stores(processes, sheet);
  draw_audit(processes, sheet);
  draw_routes(processes, sheet);
  return sheet.text(height);
}

json::value top_json(const std::vector<TopProcess>& processes) { return list<TopProcess>(processes, &to_json); }

}  // namespace assay::app
