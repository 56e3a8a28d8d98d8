#include "app/span_json.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/json.hpp"

namespace assay::app {

namespace {

std::string_view to_text(telemetry::SpanKind kind) {
  switch (kind) {
    case telemetry::SpanKind::kServer:
      return "server";
    case telemetry::SpanKind::kClient:
      return "client";
    case telemetry::SpanKind::kInternal:
      break;
  }
  return "internal";
}

json::object to_json(const telemetry::SpanRecord& span) {
  json::object attributes;
  for (const auto& [name, value] : span.attributes) {
    std::visit([&attributes, name](const auto& content) { attributes[name] = content; }, value);
  }
  json::object out{{"spanId", to_hex(span.id)},
                   {"name", span.name},
                   {"part", span.part},
                   {"kind", to_text(span.kind)},
                   {"startTimeUnixNano", span.start.time_since_epoch().count()},
                   {"endTimeUnixNano", span.end.time_since_epoch().count()},
                   {"error", span.is_error},
                   {"attributes", std::move(attributes)}};
  if (span.parent != telemetry::SpanId{}) out["parentSpanId"] = to_hex(span.parent);
  return out;
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

ToldSpan told(const json::object& span) {
  ToldSpan out{.id = text_of(span.at("spanId")),
               .parent = span.contains("parentSpanId") ? text_of(span.at("parentSpanId")) : std::string(),
               .name = text_of(span.at("name")),
               .part = text_of(span.at("part")),
               .kind = text_of(span.at("kind")),
               .start = span.at("startTimeUnixNano").to_number<std::int64_t>(),
               .end = span.at("endTimeUnixNano").to_number<std::int64_t>(),
               .is_error = span.at("error").as_bool(),
               .attributes = {},
               .source = span};
  for (const auto& [name, value] : span.at("attributes").as_object()) out.attributes.emplace_back(name, text_of(value));
  return out;
}

}  // namespace

json::array to_json(const std::vector<telemetry::FinishedOperation>& operations) {
  json::array out;
  for (const auto& operation : operations) {
    for (const auto& span : operation->spans) out.push_back(to_json(span));
  }
  return out;
}

std::optional<std::vector<ToldSpan>> parse_spans(const json::value& value) {
  if (!value.is_array()) return std::nullopt;
  try {
    std::vector<ToldSpan> spans;
    for (const auto& span : value.get_array()) spans.push_back(told(span.as_object()));
    return spans;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace assay::app
