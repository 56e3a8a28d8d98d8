#include "gateway/log_gate.hpp"

namespace assay::gateway {

namespace {

constexpr std::chrono::seconds kRetryAfter{1};

/// One of those that are in flight, until it goes.
class Passage {
 public:
  explicit Passage(std::atomic<std::size_t>& in_flight) : in_flight_(in_flight), number_(++in_flight) {}
  ~Passage() { --in_flight_; }
  Passage(const Passage&) = delete;
  Passage& operator=(const Passage&) = delete;

  std::size_t number() const { return number_; }

 private:
  std::atomic<std::size_t>& in_flight_;
  std::size_t number_;
};

}  // namespace

Awaitable<Result<http::Response>> LogGate::pass(telemetry::TraceContext trace,
                                                Awaitable<Result<http::Response>> reading) {
  try {
    const Passage passage(in_flight_);
    if (passage.number() > kLargestInFlight) throw Unavailable("too many readers at once");
    auto answer = co_await std::move(reading);
    if (answer && answer->status == 404) co_return fail(404, "The log has no such tile.");
    co_return answer;
  } catch (const Unavailable& error) {
    warning_.write(trace, error.what());
  }
  co_return std::unexpected(
      Problem{.status = 503, .detail = "Service temporarily unavailable.", .retry_after = kRetryAfter});
}

}  // namespace assay::gateway
