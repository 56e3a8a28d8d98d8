#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"

namespace assay::telemetry {

using TraceId = std::array<std::uint8_t, 16>;
using SpanId = std::array<std::uint8_t, 8>;

/// As OTLP numbers them.
enum class SpanKind : std::uint8_t { kInternal = 1, kServer = 2, kClient = 3 };

/// A number or a text that is no patient data and no secret. Sensitive types don't convert to it.
using AttributeValue = std::variant<std::int64_t, double, bool, std::string_view>;

struct Attribute {
  std::string_view name;  ///< by OpenTelemetry's semantic conventions, or assay.…; a literal
  AttributeValue value;
};

/// What is kept of a span. Its texts live as long as the operation's record.
struct SpanRecord {
  static constexpr std::size_t kUsualAttributes = 5;

  SpanId id{};
  SpanId parent{};  ///< zeros where the operation began with this span
  std::string_view name;
  std::string_view part;
  SpanKind kind = SpanKind::kInternal;
  bool is_error = false;
  PreciseTime start;
  PreciseTime end;
  boost::container::small_vector<Attribute, kUsualAttributes> attributes = {};
};

/// Keeps texts where they are: views of them hold as long as it does.
class TextStore {
 public:
  TextStore() = default;
  TextStore(const TextStore&) = delete;
  TextStore& operator=(const TextStore&) = delete;

  std::string_view keep(std::string_view text);

 private:
  std::array<char, 512> usual_{};
  std::size_t used_ = 0;
  std::forward_list<std::string> more_;
};

/// The spans of one operation in one process.
struct OperationRecord {
  TraceId trace_id{};
  bool is_sampled = false;        ///< by the caller's decision, or by the ratio
  std::vector<SpanRecord> spans;  ///< in the order in which they began
  std::size_t dropped_spans = 0;  ///< beyond the largest number that is kept
  TextStore texts;
};

}  // namespace assay::telemetry
