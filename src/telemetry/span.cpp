#include "telemetry/span.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "telemetry/tracer.hpp"

namespace assay::telemetry {

namespace {

/// Enough for what most requests do, so that there is one allocation for them.
constexpr std::size_t kUsualSpans = 8;

/// Ids of further spans follow from the first's, which is random: a step of SplitMix64, which is one to one.
SpanId follower(const SpanId& first, std::size_t number) {
  auto mixed = std::bit_cast<std::uint64_t>(first) + (number * 0x9e3779b97f4a7c15U);
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return std::bit_cast<SpanId>(mixed ^ (mixed >> 31U));
}

}  // namespace

Operation::Operation(Tracer& tracer, const TraceContext& own, const SpanId& parent)
    : tracer_(tracer), own_(own), remote_parent_(parent) {
  spans_.reserve(kUsualSpans);
}

Operation::~Operation() {
  if (!spans_.empty()) tracer_.take({.trace_id = own_.trace_id, .spans = std::move(spans_)});
}

SpanId Operation::begin(const SpanId& parent, SpanRecord span) {
  const std::scoped_lock lock(mutex_);
  const bool is_first = spans_.empty();
  span.id = is_first ? own_.span_id : follower(own_.span_id, spans_.size());
  span.parent = is_first ? remote_parent_ : parent;
  if (span.part.empty()) {
    const auto above = std::ranges::find(spans_, span.parent, &SpanRecord::id);
    if (above != spans_.end()) span.part = above->part;
  }
  spans_.push_back(std::move(span));
  return spans_.back().id;
}

void Operation::set(const SpanId& id, std::string_view name, AttributeValue value) {
  const std::scoped_lock lock(mutex_);
  const auto span = std::ranges::find(spans_, id, &SpanRecord::id);
  if (span == spans_.end()) return;
  const auto set_before = std::ranges::find(span->attributes, name, &Attribute::name);
  if (set_before != span->attributes.end()) {
    set_before->value = std::move(value);
  } else {
    span->attributes.push_back({.name = name, .value = std::move(value)});
  }
}

void Operation::end(const SpanId& id, bool is_error) {
  const std::scoped_lock lock(mutex_);
  const auto span = std::ranges::find(spans_, id, &SpanRecord::id);
  if (span == spans_.end()) return;
  span->end = precise_now();
  span->is_error = is_error;
}

void SpanPlace::set(std::string_view name, AttributeValue value) const {
  if (operation_) operation_->set(id_, name, std::move(value));
}

Span::Span(const SpanPlace& parent, std::string_view part, std::string_view name, SpanKind kind) {
  if (!parent.operation_) return;
  SpanRecord record;
  record.name = name;
  record.part = part;
  record.kind = kind;
  record.start = precise_now();
  const auto id = parent.operation_->begin(parent.id_, std::move(record));
  place_ = SpanPlace(parent.operation_, id);
}

Span::~Span() {
  if (place_.operation_) place_.operation_->end(place_.id_, is_error_);
}

TraceContext Span::context_or(const TraceContext& otherwise) const {
  if (!place_.operation_) return otherwise;
  auto context = place_.operation_->own_;
  context.span_id = place_.id_;
  return context;
}

}  // namespace assay::telemetry
