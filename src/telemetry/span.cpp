#include "telemetry/span.hpp"

#include <algorithm>
#include <bit>
#include <exception>
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
    : tracer_(tracer), own_(own), remote_parent_(parent), record_(std::make_shared<OperationRecord>()) {
  record_->trace_id = own.trace_id;
  record_->is_sampled = own.is_sampled();
  record_->spans.reserve(kUsualSpans);
}

Operation::~Operation() {
  if (record_->spans.empty()) return;
  if (record_->dropped_spans != 0) {
    set_in(record_->spans.front(), "assay.dropped_spans", static_cast<std::int64_t>(record_->dropped_spans));
  }
  tracer_.take(std::move(record_));
}

std::size_t Operation::begin(std::size_t parent, const SpanHead& head, Attributes attributes, PreciseTime start) {
  const std::scoped_lock lock(mutex_);
  auto& spans = record_->spans;
  const auto number = spans.size();
  if (number == kMostSpans) {
    ++record_->dropped_spans;
    return kNone;
  }
  auto& span = spans.emplace_back();
  span.id = id_of(number);
  span.parent = parent == kNone ? remote_parent_ : id_of(parent);
  span.name = record_->texts.keep(head.name);
  span.part = head.part.empty() && parent != kNone ? spans[parent].part : record_->texts.keep(head.part);
  span.kind = head.kind;
  span.start = start;
  for (const auto& [name, value] : attributes) set_in(span, name, value);
  return number;
}

SpanId Operation::id_of(std::size_t span) const { return span == 0 ? own_.span_id : follower(own_.span_id, span); }

void Operation::set(std::size_t span, std::string_view name, AttributeValue value) {
  const std::scoped_lock lock(mutex_);
  set_in(record_->spans[span], name, value);
}

void Operation::set_in(SpanRecord& span, std::string_view name, AttributeValue value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) value = record_->texts.keep(*text);
  const auto set_before = std::ranges::find(span.attributes, name, &Attribute::name);
  if (set_before != span.attributes.end()) {
    set_before->value = value;
  } else {
    span.attributes.push_back({.name = name, .value = value});
  }
}

void Operation::end(std::size_t span, bool is_error, PreciseTime moment) {
  const std::scoped_lock lock(mutex_);
  auto& record = record_->spans[span];
  // The clock may have been set back meanwhile.
  record.end = std::max(record.start, moment);
  record.is_error = is_error;
}

void SpanPlace::set(std::string_view name, AttributeValue value) const {
  if (operation_ && !is_root()) operation_->set(span_, name, value);
}

void SpanPlace::add(const SpanHead& head, PreciseTime start, PreciseTime end, Attributes attributes) const {
  if (!operation_) return;
  const auto span = operation_->begin(span_, head, attributes, start);
  if (span != Operation::kNone) operation_->end(span, false, end);
}

TraceContext SpanPlace::context_or(const TraceContext& otherwise) const {
  if (!operation_) return otherwise;
  auto context = operation_->own_;
  if (!is_root()) context.span_id = operation_->id_of(span_);
  return context;
}

Span::Span(const SpanPlace& parent, const SpanHead& head, Attributes attributes) {
  if (!parent.operation_) return;
  const auto span = parent.operation_->begin(parent.span_, head, attributes, precise_now());
  if (span != Operation::kNone) place_ = SpanPlace(parent.operation_, span);
}

Span::~Span() {
  if (!place_.operation_) return;
  place_.operation_->end(place_.span_, is_error_ || std::uncaught_exceptions() > 0, precise_now());
}

}  // namespace assay::telemetry
