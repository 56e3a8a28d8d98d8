#include "app/trace_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "base/json.hpp"

namespace assay::app {

namespace {

constexpr int kOk = 200;

std::optional<TraceAnswer> parse(const std::string& body) {
  const auto parsed = parse_json(body);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  const auto* spans = object != nullptr ? object->if_contains("spans") : nullptr;
  const auto* parts = object != nullptr ? object->if_contains("parts") : nullptr;
  if (spans == nullptr || parts == nullptr || !parts->is_object()) return std::nullopt;
  auto told = parse_spans(*spans);
  if (!told) return std::nullopt;
  TraceAnswer answer{.spans = std::move(*told), .parts = {}};
  for (const auto& [part, reason] : parts->get_object()) {
    if (!reason.is_null() && !reason.is_string()) return std::nullopt;
    answer.parts[part] = reason.is_string() ? std::string(reason.get_string()) : std::string();
  }
  return answer;
}

}  // namespace

TraceAnswer TraceAnswer::of_part(const std::string& part, const std::vector<telemetry::FinishedOperation>& operations) {
  return {.spans = parse_spans(app::to_json(operations)).value_or(std::vector<ToldSpan>()), .parts = {{part, ""}}};
}

TraceAnswer TraceAnswer::of_silent(const std::string& part, std::string reason) {
  if (reason.empty()) reason = "it can't be reached";
  return {.spans = {}, .parts = {{part, std::move(reason)}}};
}

TraceAnswer TraceAnswer::read(const std::string& part, const http::Response& response) {
  if (response.status != kOk) return of_silent(part, fmt::format("it answered {}", response.status));
  auto answer = parse(response.body);
  return answer ? std::move(*answer) : of_silent(part, "its answer is none of spans");
}

void TraceAnswer::add(TraceAnswer other) {
  std::unordered_set<std::string> known;
  for (const auto& span : spans) known.insert(span.id);
  for (auto& span : other.spans) {
    if (known.insert(span.id).second) spans.push_back(std::move(span));
  }
  for (auto& [part, reason] : other.parts) {
    const auto [place, is_new] = parts.try_emplace(part, reason);
    if (!is_new && reason.empty()) place->second.clear();
  }
}

std::string TraceAnswer::to_json() const {
  json::array told;
  for (const auto& span : spans) told.push_back(span.source);
  json::object asked;
  for (const auto& [part, reason] : parts) asked[part] = reason.empty() ? json::value() : json::value(reason);
  return json::serialize(json::object{{"spans", std::move(told)}, {"parts", std::move(asked)}});
}

}  // namespace assay::app
