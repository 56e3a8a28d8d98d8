#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "telemetry/trace_context.hpp"

namespace assay::telemetry {

class Tracer;

using SpanId = std::array<std::uint8_t, 8>;

/// As OTLP numbers them.
enum class SpanKind : std::uint8_t { kInternal = 1, kServer = 2, kClient = 3 };

/// A number or a text that is no patient data and no secret. Sensitive types don't convert to it.
using AttributeValue = std::variant<std::int64_t, double, bool, std::string>;

struct Attribute {
  std::string_view name;  ///< by OpenTelemetry's semantic conventions, or assay.…; a literal
  AttributeValue value;
};

/// What is kept of a span.
struct SpanRecord {
  SpanId id{};
  SpanId parent{};  ///< zeros where the operation began with this span
  std::string name;
  std::string part;
  SpanKind kind = SpanKind::kInternal;
  PreciseTime start;
  PreciseTime end;
  bool is_error = false;
  std::vector<Attribute> attributes;
};

/// The spans of one operation in this process: one request, and all that is done for it. Handed to its tracer when the
/// last that takes part lets go of it. Safe from any thread.
class Operation {
 public:
  /// The first span gets the id that `own` has, under `parent`.
  Operation(Tracer& tracer, const TraceContext& own, const SpanId& parent);
  ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

 private:
  friend class Span;
  friend class SpanPlace;

  SpanId begin(const SpanId& parent, SpanRecord span);
  void set(const SpanId& id, std::string_view name, AttributeValue value);
  void end(const SpanId& id, bool is_error);

  Tracer& tracer_;
  TraceContext own_;
  SpanId remote_parent_;

  std::mutex mutex_;
  std::vector<SpanRecord> spans_;
};

/// Where in an operation further spans begin; empty where nothing is recorded.
class SpanPlace {
 public:
  SpanPlace() = default;
  explicit SpanPlace(std::shared_ptr<Operation> operation) : operation_(std::move(operation)) {}

  /// Whether no span of this process has begun yet.
  bool is_root() const { return id_ == SpanId{}; }
  /// Of the span that is here, if any.
  void set(std::string_view name, AttributeValue value) const;

 private:
  friend class Span;

  SpanPlace(std::shared_ptr<Operation> operation, const SpanId& id) : operation_(std::move(operation)), id_(id) {}

  std::shared_ptr<Operation> operation_;
  SpanId id_{};  ///< zeros before the first span
};

/// A span while it lasts: it ends with this object.
class Span {
 public:
  Span() = default;
  /// `name` is a route's template or another text of few values; an empty `part` is that of the span above.
  Span(const SpanPlace& parent, std::string_view part, std::string_view name, SpanKind kind);
  Span(Span&&) noexcept = default;
  Span& operator=(Span&&) = delete;
  ~Span();

  void set(std::string_view name, AttributeValue value) const { place_.set(name, std::move(value)); }
  /// It ends in an error.
  void fail() { is_error_ = true; }

  /// For spans below this one.
  const SpanPlace& place() const { return place_; }
  /// The context for those who are called within this span; the given one where nothing is recorded.
  TraceContext context_or(const TraceContext& otherwise) const;

 private:
  SpanPlace place_;
  bool is_error_ = false;
};

}  // namespace assay::telemetry
