#include "app/trace_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <tuple>

#include "app/check.hpp"
#include "app/part_folder.hpp"
#include "app/terminal_text.hpp"
#include "app/trace_answer.hpp"
#include "app/trace_desk.hpp"
#include "app/waterfall.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "http/client.hpp"

namespace assay::app {

namespace {

/// Longer than the part needs that asks others in turn.
constexpr std::chrono::seconds kPatience{60};

TraceAnswer ask(const std::filesystem::path& data_directory, const std::string& part, const std::string& trace_id) {
  const http::Client door(data_directory / part / PartFolder::kOperatorSocket, {.response_timeout = kPatience});
  http::Request request;
  request.target = "/traces/" + trace_id;
  try {
    return TraceAnswer::read(part, http::send_and_wait(door, std::move(request)));
  } catch (const Unavailable& fault) {
    return TraceAnswer::of_silent(part, fault.what());
  }
}

/// All parts that run here, and those that they reach.
TraceAnswer ask_all(const std::filesystem::path& data_directory, const std::string& trace_id) {
  TraceAnswer answer;
  for (const auto part : kPartsInSnapshotOrder) {
    if (PartFolder::is_in_use(data_directory, part)) answer.add(ask(data_directory, std::string(part), trace_id));
  }
  if (answer.parts.empty()) {
    throw Refusal(fmt::format("no part runs on {}; traces are kept in memory alone", data_directory.string()));
  }
  std::ranges::sort(answer.spans, {}, [](const ToldSpan& span) { return std::tie(span.start, span.end); });
  return answer;
}

void print_silent(const TraceAnswer& answer) {
  for (const auto& [part, reason] : answer.parts) {
    if (reason.empty()) continue;
    fmt::print(stderr, "assay: the {} part could not be asked: {}\n", for_terminal(part), for_terminal(reason));
  }
}

void print_json(const TraceAnswer& answer) {
  json::array out;
  for (const auto& span : answer.spans) out.push_back(span.source);
  fmt::print("{}\n", json::serialize(out));
}

/// The id alone, also where it was copied in capitals or with the rest of a traceparent.
std::string trace_id_in(std::string given) {
  std::ranges::transform(given, given.begin(),
                         [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  if (const auto context = telemetry::TraceContext::parse(given)) return context->operation_id();
  if (parse_trace_id(given)) return given;
  throw Refusal(
      fmt::format("\"{}\" is no trace id: write the 32 hexadecimal digits of a Request-Id or operationId, or a whole "
                  "traceparent",
                  for_terminal(given)));
}

}  // namespace

int print_trace(const std::filesystem::path& data_directory, const std::string& given, const std::string& output) {
  const auto trace_id = trace_id_in(given);
  const auto answer = ask_all(data_directory, trace_id);
  print_silent(answer);
  if (output == "json") {
    print_json(answer);
  } else if (answer.spans.empty()) {
    fmt::print(stderr,
               "assay: nothing is kept of {} by those that could be asked: it is too long ago, was no operation of a "
               "route, or traces.enabled is false\n",
               trace_id);
  } else {
    fmt::print("{}", draw_waterfall(answer.spans, form_of_standard_output()));
  }
  return answer.spans.empty() ? 1 : 0;
}

}  // namespace assay::app
