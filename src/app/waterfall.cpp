#include "app/waterfall.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "app/clock_skew.hpp"
#include "app/terminal_text.hpp"

namespace assay::app {

namespace {

constexpr std::size_t kTimeWidth = 10;
constexpr std::size_t kGaps = 4;  ///< between the three columns
constexpr std::size_t kNarrowestBar = 12;
constexpr std::size_t kNarrowestName = 20;
constexpr double kNanosecondsAMillisecond = 1e6;

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kFaint = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";

std::string_view colour_of(std::string_view part) {
  if (part == "gateway") return "\x1b[36m";
  if (part == "patients") return "\x1b[32m";
  return part == "audit" ? "\x1b[35m" : "\x1b[33m";
}

struct Row {
  const ToldSpan* span;
  std::size_t depth;
};

/// What the name of the span says already is not told again.
bool is_told(const ToldSpan& span, std::string_view attribute, std::string_view value) {
  return (attribute == "http.request.method" || attribute == "http.route") && span.name.contains(value);
}

class Waterfall {
 public:
  /// `spans` must outlive it.
  Waterfall(const std::vector<ToldSpan>& spans, const DrawingForm& form)
      : form_(form),
        begin_(std::ranges::min(spans, {}, &ToldSpan::start).start),
        end_(std::max(begin_ + 1, std::ranges::max(spans, {}, &ToldSpan::end).end)) {
    for (const auto& span : spans) {
      const bool has_parent = std::ranges::find(spans, span.parent, &ToldSpan::id) != spans.end();
      children_[has_parent ? span.parent : std::string()].push_back(&span);
    }
    add_below("", 0);
    // Of those in a circle of parents none is a root.
    for (const auto& span : spans) add(span, 0);
    lay_out();
  }

  std::string draw() const {
    auto out = fmt::format("{:<{}}  {:>{}}  WHEN\n", "SPAN", name_width_, "MS", kTimeWidth);
    for (const auto& row : rows_) draw_row(row, out);
    return out;
  }

 private:
  void add_below(const std::string& parent, std::size_t depth) {
    const auto found = children_.find(parent);
    if (found == children_.end()) return;
    for (const auto* span : found->second) add(*span, depth);
  }

  void add(const ToldSpan& span, std::size_t depth) {
    if (!taken_.insert(&span).second) return;
    rows_.push_back({.span = &span, .depth = depth});
    add_below(span.id, depth + 1);
  }

  void lay_out() {
    std::size_t longest = 0;
    for (const auto& row : rows_) longest = std::max(longest, name_of(row).size());
    const auto others = kTimeWidth + kGaps + kNarrowestBar;
    const auto most = form_.width > others + kNarrowestName ? form_.width - others : kNarrowestName;
    name_width_ = std::min(longest, most);
    const auto taken = name_width_ + kTimeWidth + kGaps;
    bar_width_ = form_.width > taken + kNarrowestBar ? form_.width - taken : kNarrowestBar;
  }

  static std::string name_of(const Row& row) {
    return for_terminal(
        fmt::format("{:{}}{} {}{}", "", row.depth * 2, row.span->part, row.span->name, row.span->is_error ? " !" : ""));
  }

  std::string painted(std::string_view colour, std::string_view text) const {
    return form_.is_coloured ? fmt::format("{}{}{}", colour, text, kReset) : std::string(text);
  }

  void draw_row(const Row& row, std::string& out) const {
    const auto& span = *row.span;
    const auto colour = span.is_error ? kRed : colour_of(span.part);
    const auto first = std::min(place_of(span.start), bar_width_ - 1);
    const auto size = std::clamp<std::size_t>(place_of(span.end) - place_of(span.start), 1, bar_width_ - first);
    std::string bar;
    for (std::size_t i = 0; i < size; ++i) bar += form_.is_coloured ? "━" : "#";
    fmt::format_to(std::back_inserter(out), "{}  {:>{}.3f}  {:{}}{}\n",
                   painted(colour, fmt::format("{:<{}.{}}", name_of(row), name_width_, name_width_)),
                   static_cast<double>(span.end - span.start) / kNanosecondsAMillisecond, kTimeWidth, "", first,
                   painted(colour, bar));
    draw_attributes(row, out);
  }

  /// As many on a line as fit.
  void draw_attributes(const Row& row, std::string& out) const {
    const auto indent = row.depth * 2 + 2;
    std::string line;
    const auto end_line = [&] {
      if (!line.empty()) out += painted(kFaint, fmt::format("{:{}}- {}", "", indent, line)) + "\n";
      line.clear();
    };
    for (const auto& [attribute, value] : row.span->attributes) {
      if (is_told(*row.span, attribute, value)) continue;
      const auto text = for_terminal(fmt::format("{}={}", attribute, value));
      if (!line.empty() && indent + 2 + line.size() + 2 + text.size() > form_.width) end_line();
      fmt::format_to(std::back_inserter(line), "{}{}", line.empty() ? "" : "  ", text);
    }
    end_line();
  }

  std::size_t place_of(std::int64_t moment) const {
    const auto share = static_cast<double>(moment - begin_) / static_cast<double>(end_ - begin_);
    return static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(bar_width_));
  }

  DrawingForm form_;
  std::int64_t begin_;
  std::int64_t end_;
  std::map<std::string, std::vector<const ToldSpan*>> children_;  ///< by parent
  std::set<const ToldSpan*> taken_;
  std::vector<Row> rows_;
  std::size_t name_width_ = 0;
  std::size_t bar_width_ = 0;
};

}  // namespace

DrawingForm form_of_standard_output() {
  DrawingForm form;
  if (::isatty(STDOUT_FILENO) != 1) return form;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) form.width = size.ws_col;
  const auto* no_colour = std::getenv("NO_COLOR");
  form.is_coloured = no_colour == nullptr || *no_colour == '\0';
  return form;
}

std::string draw_waterfall(std::vector<ToldSpan> spans, const DrawingForm& form) {
  if (spans.empty()) return {};
  const auto shifts = take_out_skew(spans);
  for (auto& span : spans) span.end = std::max(span.end, span.start);
  std::ranges::sort(spans, {}, [](const ToldSpan& span) { return std::tie(span.start, span.end); });
  auto out = Waterfall(spans, form).draw();
  for (const auto& [part, shift] : shifts) {
    fmt::format_to(std::back_inserter(out),
                   "The clock of {} goes otherwise than its caller's: its spans are moved by {:.3f} ms.\n",
                   for_terminal(part), static_cast<double>(shift) / kNanosecondsAMillisecond);
  }
  return out;
}

}  // namespace assay::app
