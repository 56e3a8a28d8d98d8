#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"

namespace assay::telemetry {

/// W3C Trace Context (Level 1): which operation a request belongs to, and under which span.
struct TraceContext {
  static constexpr unsigned kSampled = 1;

  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  std::uint8_t flags = 0;

  /// Begins a new operation.
  static TraceContext begin(Random& random);

  /// Reads a `traceparent` header; nothing when it is malformed or names no trace.
  static std::optional<TraceContext> parse(std::string_view traceparent);

  /// The same operation under a new span.
  TraceContext child(Random& random) const;

  /// The `traceparent` header's value.
  std::string to_string() const;

  /// Whether who decides on that wants the operation to be recorded.
  bool is_sampled() const { return (flags & kSampled) != 0; }
  void set_sampled(bool sampled) { flags = static_cast<std::uint8_t>(sampled ? flags | kSampled : flags & ~kSampled); }

  /// The operation's id: the trace id's 32 hexadecimal digits.
  std::string operation_id() const;

  bool operator==(const TraceContext&) const = default;
};

}  // namespace assay::telemetry
