#include "app/trace_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "app/check.hpp"
#include "app/part_folder.hpp"
#include "app/span_json.hpp"
#include "app/terminal_text.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "http/client.hpp"
#include "telemetry/tracer.hpp"

namespace assay::app {

namespace {

constexpr std::size_t kBarWidth = 30;
constexpr std::size_t kNameWidth = 46;

using Spans = std::vector<ToldSpan>;

/// What one running part keeps, as it said it; empty when the part doesn't run.
std::string ask(const std::filesystem::path& data_directory, std::string_view part, const std::string& trace_id) {
  if (!PartFolder::is_in_use(data_directory, part)) return {};
  const http::Client door(data_directory / part / PartFolder::kOperatorSocket);
  http::Request request;
  request.target = "/traces/" + trace_id;
  try {
    return http::send_and_wait(door, std::move(request)).body;
  } catch (const Unavailable& fault) {
    throw Refusal(fmt::format("the {} part in {} doesn't answer: {}", part, data_directory.string(), fault.what()));
  }
}

/// Of all parts that run; those in one process tell the same.
Spans ask_all(const std::filesystem::path& data_directory, const std::string& trace_id) {
  Spans spans;
  bool is_running = false;
  for (const auto part : kPartsInSnapshotOrder) {
    const auto answer = ask(data_directory, part, trace_id);
    if (answer.empty()) continue;
    is_running = true;
    auto told = parse_spans(answer);
    if (!told) throw Refusal(fmt::format("the {} part gave an answer that is none of spans", part));
    for (auto& span : *told) {
      if (std::ranges::find(spans, span.id, &ToldSpan::id) == spans.end()) spans.push_back(std::move(span));
    }
  }
  if (!is_running) {
    throw Refusal(fmt::format("no part runs on {}; traces are kept in memory alone", data_directory.string()));
  }
  std::ranges::stable_sort(spans, {}, &ToldSpan::start);
  return spans;
}

class Waterfall {
 public:
  /// `spans` must outlive it.
  explicit Waterfall(const Spans& spans)
      : begin_(std::ranges::min(spans, {}, &ToldSpan::start).start),
        end_(std::max(begin_ + 1, std::ranges::max(spans, {}, &ToldSpan::end).end)) {
    for (const auto& span : spans) {
      const bool has_parent = std::ranges::find(spans, span.parent, &ToldSpan::id) != spans.end();
      children_[has_parent ? span.parent : std::string()].push_back(&span);
    }
  }

  void print() const {
    fmt::print("{:<{}}  {:>10}  {}\n", "SPAN", kNameWidth, "MS", "WHEN");
    print_below("", 0);
  }

 private:
  void print_below(const std::string& parent, std::size_t depth) const {
    const auto found = children_.find(parent);
    if (found == children_.end()) return;
    for (const auto* span : found->second) {
      print_span(*span, depth);
      print_below(span->id, depth + 1);
    }
  }

  void print_span(const ToldSpan& span, std::size_t depth) const {
    const auto name = fmt::format("{:{}}{} {}{}", "", depth * 2, span.part, span.name, span.is_error ? " !" : "");
    const auto first = place_of(span.start);
    const auto size = std::max<std::size_t>(1, place_of(span.end) - first);
    fmt::print("{:<{}}  {:>10.3f}  {:{}}{:#>{}}\n", for_terminal(name), kNameWidth,
               static_cast<double>(span.end - span.start) / 1e6, "", first, "", size);
    for (const auto& [attribute, value] : span.attributes) {
      fmt::print("{:{}}- {} {}\n", "", depth * 2 + 2, for_terminal(attribute), for_terminal(value));
    }
  }

  std::size_t place_of(std::int64_t moment) const {
    return static_cast<std::size_t>(moment - begin_) * kBarWidth / static_cast<std::size_t>(end_ - begin_);
  }

  std::int64_t begin_;
  std::int64_t end_;
  std::map<std::string, std::vector<const ToldSpan*>> children_;  ///< by parent
};

void print_json(const Spans& spans) {
  json::array out;
  for (const auto& span : spans) out.push_back(span.source);
  fmt::print("{}\n", json::serialize(out));
}

}  // namespace

int print_trace(const std::filesystem::path& data_directory, const std::string& trace_id, const std::string& output) {
  telemetry::TraceId id{};
  if (!from_hex(trace_id, id)) {
    throw Refusal(
        fmt::format("\"{}\" is no trace id: write the 32 hexadecimal digits of an operationId, or of the "
                    "second part of traceparent",
                    for_terminal(trace_id)));
  }
  const auto spans = ask_all(data_directory, trace_id);
  if (output == "json") {
    print_json(spans);
  } else if (spans.empty()) {
    fmt::print(stderr, "assay: nothing is kept of {}: it is too long ago, or was not an operation of this register\n",
               trace_id);
  } else {
    Waterfall(spans).print();
  }
  return spans.empty() ? 1 : 0;
}

}  // namespace assay::app
