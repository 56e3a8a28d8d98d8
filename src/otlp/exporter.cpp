#include "otlp/exporter.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "otlp/export_metrics.hpp"

namespace assay::otlp {

namespace {

std::uint64_t spans_of(const std::vector<telemetry::FinishedOperation>& batch) {
  std::uint64_t spans = 0;
  for (const auto& operation : batch) spans += operation->spans.size();
  return spans;
}

}  // namespace

Exporter::Exporter(const ExporterOptions& options, Resource resource, Transport transport, Random& random,
                   const telemetry::Log& log, telemetry::Metrics& metrics)
    : options_(options),
      resource_(std::move(resource)),
      transport_(std::move(transport)),
      random_(random),
      log_(log),
      queue_(std::make_shared<SpanQueue>(options.queue)),
      schedule_(options.retry) {
  expose(queue_, metrics);
  thread_ = std::thread([this] { run(); });
}

Exporter::~Exporter() { stop(); }

void Exporter::stop() {
  if (!thread_.joinable()) return;
  flush_until_ = std::chrono::steady_clock::now() + options_.flush;
  is_stopping_ = true;
  queue_->stop();
  thread_.join();
}

void Exporter::run() {
  while (true) {
    const auto batch = queue_->next_batch();
    if (batch.empty()) return;
    deliver(batch);
  }
}

bool Exporter::is_given_up() const { return std::chrono::steady_clock::now() >= flush_until_.load(); }

void Exporter::deliver(const std::vector<telemetry::FinishedOperation>& batch) {
  const auto spans = spans_of(batch);
  if (is_given_up()) return queue_->settle(Fate::kStopped, spans);
  settle(send_until_answered(encode(batch, resource_)), spans);
}

Reply Exporter::send_until_answered(std::string_view body) {
  schedule_.begin_batch(std::chrono::steady_clock::now());
  while (true) {
    queue_->wait_until(schedule_.next());
    auto reply = transport_(body, [this] { return is_given_up(); });
    const auto verdict = judge(reply);
    say(verdict, reply);
    if (verdict != Verdict::kRetry) {
      schedule_.note_answer();
      return reply;
    }
    schedule_.note_failure(std::chrono::steady_clock::now(), reply.retry_after, chance());
    // Whoever stops the program does not wait for a receiver that is away: what is left is given up with this batch.
    if (is_stopping_) flush_until_ = SpanQueue::TimePoint::min();
    if (is_stopping_ || schedule_.is_hopeless()) return reply;
  }
}

void Exporter::settle(const Reply& reply, std::uint64_t spans) {
  switch (judge(reply)) {
    case Verdict::kExported: {
      const auto rejected = std::min(reply.rejected_spans, spans);
      queue_->settle(Fate::kExported, spans - rejected);
      return queue_->settle(Fate::kRejected, rejected);
    }
    case Verdict::kRejected:
      return queue_->settle(Fate::kRejected, spans);
    case Verdict::kRetry:
      return queue_->settle(is_stopping_ ? Fate::kStopped : Fate::kUnreachable, spans);
  }
}

/// Once for each change, not for each batch.
void Exporter::say(Verdict verdict, const Reply& reply) {
  if (std::exchange(said_, verdict) == verdict) return;
  const auto status = static_cast<std::int64_t>(reply.status.value_or(0));
  switch (verdict) {
    case Verdict::kExported:
      return log_.info("spans are exported again");
    case Verdict::kRejected:
      return log_.warning("the receiver of traces refuses spans; they are dropped", {{"status", status}});
    case Verdict::kRetry:
      return log_.warning("spans can't be exported now; they are tried again, and dropped after a minute",
                          {{"status", status}, {"reason", reply.reason}});
  }
}

double Exporter::chance() {
  std::array<std::uint8_t, 2> bytes{};
  random_.fill(bytes);
  return ((bytes[0] << 8U) | bytes[1]) / 65'536.0;
}

}  // namespace assay::otlp
