#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string_view>

#include "telemetry/operation_record.hpp"
#include "telemetry/trace_context.hpp"

namespace assay::telemetry {

class Tracer;

/// What a span is, as it is made. Its texts are copied, but for the attributes' names.
struct SpanHead {
  std::string_view name;  ///< a route's template or another text of few values
  SpanKind kind = SpanKind::kInternal;
  std::string_view part = {};  ///< empty: that of the span above
};

using Attributes = std::initializer_list<Attribute>;

/// The spans of one operation in this process: one request, and all that is done for it. Handed to its tracer when the
/// last that takes part lets go of it. Safe from any thread.
class Operation {
 public:
  static constexpr std::size_t kMostSpans = 256;

  /// The first span gets the id that `own` has, under `parent`.
  Operation(Tracer& tracer, const TraceContext& own, const SpanId& parent);
  ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

 private:
  friend class Span;
  friend class SpanPlace;

  /// The number of the new span; kNone when it is not kept.
  std::size_t begin(std::size_t parent, const SpanHead& head, Attributes attributes, PreciseTime start);
  void set(std::size_t span, std::string_view name, AttributeValue value);
  void end(std::size_t span, bool is_error, PreciseTime moment);
  SpanId id_of(std::size_t span) const;
  void set_in(SpanRecord& span, std::string_view name, AttributeValue value);

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  Tracer& tracer_;
  TraceContext own_;
  SpanId remote_parent_;

  std::mutex mutex_;
  std::shared_ptr<OperationRecord> record_;
};

/// Where in an operation further spans begin; empty where nothing is recorded. It keeps the operation from ending.
class SpanPlace {
 public:
  SpanPlace() = default;
  explicit SpanPlace(std::shared_ptr<Operation> operation) : operation_(std::move(operation)) {}

  bool is_recording() const { return operation_ != nullptr; }
  /// Whether no span of this process has begun yet.
  bool is_root() const { return span_ == Operation::kNone; }
  /// Of the span that is here, if any.
  void set(std::string_view name, AttributeValue value) const;
  /// A span below this place that has ended already.
  void add(const SpanHead& head, PreciseTime start, PreciseTime end, Attributes attributes = {}) const;
  /// The context for those who are called from here; the given one where nothing is recorded.
  TraceContext context_or(const TraceContext& otherwise) const;

 private:
  friend class Span;

  SpanPlace(std::shared_ptr<Operation> operation, std::size_t span) : operation_(std::move(operation)), span_(span) {}

  std::shared_ptr<Operation> operation_;
  std::size_t span_ = Operation::kNone;
};

/// A span while it lasts: it ends with this object, in an error when an exception leaves it.
class Span {
 public:
  Span() = default;
  Span(const SpanPlace& parent, const SpanHead& head, Attributes attributes = {});
  Span(Span&&) noexcept = default;
  Span& operator=(Span&&) = delete;
  ~Span();

  void set(std::string_view name, AttributeValue value) const { place_.set(name, value); }
  /// It ends in an error.
  void fail() { is_error_ = true; }

  /// For spans below this one.
  const SpanPlace& place() const { return place_; }
  TraceContext context_or(const TraceContext& otherwise) const { return place_.context_or(otherwise); }

 private:
  SpanPlace place_;
  bool is_error_ = false;
};

}  // namespace assay::telemetry
