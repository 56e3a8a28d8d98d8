#include "telemetry/trace_context.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace assay::telemetry {

namespace {

constexpr std::size_t kVersion00Size = 55;

bool is_zero(std::span<const std::uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

TraceContext TraceContext::begin(Random& random) {
  TraceContext context;
  random.fill(context.trace_id);
  random.fill(context.span_id);
  return context;
}

std::optional<TraceContext> TraceContext::parse(std::string_view traceparent) {
  if (traceparent.size() < kVersion00Size || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-') {
    return std::nullopt;
  }
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  TraceContext context;
  if (!from_hex(traceparent.substr(0, 2), version) || !from_hex(traceparent.substr(3, 32), context.trace_id) ||
      !from_hex(traceparent.substr(36, 16), context.span_id) || !from_hex(traceparent.substr(53, 2), flags)) {
    return std::nullopt;
  }
  // Later versions may append fields after a further hyphen; version 255 is forbidden.
  const bool extended = traceparent.size() > kVersion00Size;
  if (version[0] == 0xff || (extended && (version[0] == 0 || traceparent[kVersion00Size] != '-'))) return std::nullopt;
  if (is_zero(context.trace_id) || is_zero(context.span_id)) return std::nullopt;
  context.flags = flags[0];
  return context;
}

TraceContext TraceContext::child(Random& random) const {
  TraceContext context = *this;
  random.fill(context.span_id);
  return context;
}

std::string TraceContext::to_string() const {
  const std::array<std::uint8_t, 1> flag_byte{flags};
  return "00-" + to_hex(trace_id) + "-" + to_hex(span_id) + "-" + to_hex(flag_byte);
}

std::string TraceContext::operation_id() const { return to_hex(trace_id); }

}  // namespace assay::telemetry
