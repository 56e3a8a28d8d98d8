#include "otlp/trace_message.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <variant>

#include "otlp/protobuf.hpp"

namespace assay::otlp {

namespace {

using telemetry::FinishedOperation;
using telemetry::OperationRecord;
using telemetry::SpanRecord;

/// The numbers of the fields, as opentelemetry-proto gives them, and values of its enumerations.
namespace request {
constexpr unsigned kResourceSpans = 1;
}
namespace response {
constexpr unsigned kPartialSuccess = 1;
constexpr unsigned kRejectedSpans = 1;
}  // namespace response
namespace resource_spans {
constexpr unsigned kResource = 1;
constexpr unsigned kScopeSpans = 2;
}  // namespace resource_spans
namespace resource_field {
constexpr unsigned kAttributes = 1;
}
namespace scope_spans {
constexpr unsigned kScope = 1;
constexpr unsigned kSpans = 2;
}  // namespace scope_spans
namespace scope {
constexpr unsigned kName = 1;
constexpr unsigned kVersion = 2;
}  // namespace scope
namespace span_field {
constexpr unsigned kTraceId = 1;
constexpr unsigned kSpanId = 2;
constexpr unsigned kParentSpanId = 4;
constexpr unsigned kName = 5;
constexpr unsigned kKind = 6;
constexpr unsigned kStart = 7;
constexpr unsigned kEnd = 8;
constexpr unsigned kAttributes = 9;
constexpr unsigned kStatus = 15;
constexpr unsigned kFlags = 16;
}  // namespace span_field
namespace status {
constexpr unsigned kCode = 3;
constexpr unsigned kError = 2;
}  // namespace status
namespace key_value {
constexpr unsigned kKey = 1;
constexpr unsigned kValue = 2;
}  // namespace key_value
namespace any_value {
constexpr unsigned kText = 1;
constexpr unsigned kFlag = 2;
constexpr unsigned kWhole = 3;
constexpr unsigned kReal = 4;
}  // namespace any_value
/// SpanFlags: whether the field says if the parent is of another process, and that it is.
constexpr unsigned kParentIsTold = 0x100;
constexpr unsigned kParentIsRemote = 0x200;

template <std::size_t N>
std::string_view as_text(const std::array<std::uint8_t, N>& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

/// Writes what AnyValue is one of.
struct ValueWriter {
  ProtobufWriter& out;

  void operator()(std::string_view text) const { out.text(any_value::kText, text); }
  void operator()(bool flag) const { out.varint(any_value::kFlag, flag ? 1 : 0); }
  void operator()(std::int64_t number) const { out.varint(any_value::kWhole, static_cast<std::uint64_t>(number)); }
  void operator()(double number) const { out.real(any_value::kReal, number); }
};

void write_attribute(ProtobufWriter& out, unsigned field, std::string_view name,
                     const telemetry::AttributeValue& value) {
  out.message(field, [&] {
    out.text(key_value::kKey, name);
    out.message(key_value::kValue, [&] { std::visit(ValueWriter{out}, value); });
  });
}

unsigned flags_of(const SpanRecord& span, const OperationRecord& operation) {
  unsigned flags = kParentIsTold | (operation.is_sampled ? telemetry::TraceContext::kSampled : 0);
  const auto is_here = std::ranges::any_of(
      operation.spans, [&span](const telemetry::SpanId& id) { return id == span.parent; }, &SpanRecord::id);
  if (span.parent != telemetry::SpanId{} && !is_here) flags |= kParentIsRemote;
  return flags;
}

std::uint64_t nanoseconds(PreciseTime moment) { return static_cast<std::uint64_t>(moment.time_since_epoch().count()); }

void write_span(ProtobufWriter& out, const SpanRecord& span, const OperationRecord& operation) {
  out.message(scope_spans::kSpans, [&] {
    out.bytes(span_field::kTraceId, as_text(operation.trace_id));
    out.bytes(span_field::kSpanId, as_text(span.id));
    if (span.parent != telemetry::SpanId{}) out.bytes(span_field::kParentSpanId, as_text(span.parent));
    out.text(span_field::kName, span.name);
    out.varint(span_field::kKind, static_cast<std::uint64_t>(span.kind));
    out.fixed64(span_field::kStart, nanoseconds(span.start));
    out.fixed64(span_field::kEnd, nanoseconds(span.end));
    for (const auto& [name, value] : span.attributes) write_attribute(out, span_field::kAttributes, name, value);
    if (span.is_error) out.message(span_field::kStatus, [&] { out.varint(status::kCode, status::kError); });
    out.fixed32(span_field::kFlags, flags_of(span, operation));
  });
}

void write_resource(ProtobufWriter& out, std::string_view part, const Resource& resource) {
  const auto service = part.empty() ? std::string("assay") : std::string("assay-").append(part);
  out.message(resource_spans::kResource, [&] {
    const auto attribute = [&out](std::string_view name, std::string_view value) {
      write_attribute(out, resource_field::kAttributes, name, value);
    };
    attribute("service.name", service);
    attribute("service.namespace", "assay");
    attribute("service.version", resource.version);
    attribute("service.instance.id", resource.instance_id);
    attribute("host.name", resource.host_name);
  });
}

void write_part(ProtobufWriter& out, std::string_view part, const std::vector<FinishedOperation>& operations,
                const Resource& resource) {
  out.message(request::kResourceSpans, [&] {
    write_resource(out, part, resource);
    out.message(resource_spans::kScopeSpans, [&] {
      out.message(scope_spans::kScope, [&] {
        out.text(scope::kName, "assay");
        out.text(scope::kVersion, resource.version);
      });
      for (const auto& operation : operations) {
        for (const auto& span : operation->spans) {
          if (span.part == part) write_span(out, span, *operation);
        }
      }
    });
  });
}

/// Each part once: there are a handful.
std::vector<std::string_view> parts_of(const std::vector<FinishedOperation>& operations) {
  std::vector<std::string_view> parts;
  for (const auto& operation : operations) {
    for (const auto& span : operation->spans) {
      if (std::ranges::find(parts, span.part) == parts.end()) parts.push_back(span.part);
    }
  }
  return parts;
}

}  // namespace

std::string encode(const std::vector<FinishedOperation>& operations, const Resource& resource) {
  ProtobufWriter out;
  for (const auto part : parts_of(operations)) write_part(out, part, operations, resource);
  return out.take();
}

std::uint64_t rejected_spans(std::string_view answer) {
  std::uint64_t rejected = 0;
  ProtobufReader reader(answer);
  while (const auto field = reader.next()) {
    if (field->number != response::kPartialSuccess) continue;
    ProtobufReader partial(field->bytes);
    while (const auto inner = partial.next()) {
      if (inner->number == response::kRejectedSpans) rejected = inner->value;
    }
  }
  return rejected;
}

}  // namespace assay::otlp
