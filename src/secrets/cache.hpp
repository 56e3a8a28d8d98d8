#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "base/blocking_pool.hpp"
#include "base/clock.hpp"
#include "base/current.hpp"
#include "base/random.hpp"
#include "secrets/accepted_keys.hpp"
#include "secrets/provider.hpp"
#include "secrets/signing_keys.hpp"
#include "telemetry/log.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/tracer.hpp"

namespace assay::secrets {

struct CacheSettings {
  std::string part = {};                      ///< whose secrets, for metrics and traces
  std::chrono::milliseconds refresh{15'000};  ///< between two looks, give or take a fifth
  std::chrono::seconds patience{86'400};      ///< how long it goes on with what it has while the provider is away
};

/// What keeps a part from newer versions of its secrets.
struct CacheTrouble {
  std::string reason;
  bool is_over_patience = false;
};

/// The secrets of one part: read at the start, looked at again in the background, and kept while their provider is
/// away. `watch` and `follow` are for the start, before `run`; the rest is safe from any I/O thread.
class Cache {
 public:
  /// Takes the versions of a secret into use; false for what it can't be, and then the ones before stay.
  using Use = std::function<bool(const Secret&)>;

  /// Its looks are recorded with `tracer`.
  Cache(std::unique_ptr<Provider> provider, CacheSettings settings, const Clock& clock, Random& random,
        const telemetry::Log& log, telemetry::Metrics& metrics, telemetry::Tracer& tracer);

  /// Reads the secret and has it used, now and at each change, then on a thread of the cache's own. Throws as the
  /// provider does, and Refusal when it can't be used.
  void watch(std::string_view name, Use use);

  /// The secret as `parse` reads it, always the newest.
  template <class T>
  std::shared_ptr<const Current<T>> follow(std::string_view name, std::optional<T> (*parse)(const Secret&)) {
    auto current = std::make_shared<Current<T>>(T());
    watch(name, [current, parse](const Secret& secret) {
      auto value = parse(secret);
      if (value) current->set(std::move(*value));
      return value.has_value();
    });
    return current;
  }

  /// Looks again now and then, for ever. One call is enough.
  Awaitable<void> run();

  /// Looks again now, unless that was asked for too often of late: for who was shown a key that it doesn't know.
  Awaitable<void> look_again();

  /// Nothing while all is well.
  std::optional<CacheTrouble> trouble() const;

 private:
  struct Watched {
    std::string name;
    Use use;
    std::vector<std::string> version_ids;
    telemetry::Gauge& changed;
    telemetry::Counter& failures;
  };

  void note_version(const Watched& watched);
  // These on the thread alone.
  void look();
  void look_at(Watched& watched, const telemetry::SpanPlace& under);
  bool may_look_at_once();
  void note(std::string reason);

  std::chrono::milliseconds next_delay();

  std::unique_ptr<Provider> provider_;
  CacheSettings settings_;
  const Clock& clock_;
  Random& random_;
  const telemetry::Log& log_;
  telemetry::Metrics& metrics_;
  telemetry::Tracer& tracer_;
  std::deque<Watched> watched_;
  std::atomic<std::uint64_t> looks_{0};  ///< begun
  double allowance_;
  std::chrono::steady_clock::time_point allowance_at_;

  mutable std::mutex mutex_;
  std::string reason_;  ///< empty while all is well
  std::chrono::steady_clock::time_point last_success_;

  BlockingPool thread_;  ///< last: it uses the rest
};

/// Reads the list of keys that an owner accepts, always the newest.
std::shared_ptr<AcceptedKeys> follow_accepted(Cache& cache, std::string_view name, KeyForm form, const Clock& clock,
                                              Overlap overlap);

/// For `follow`: the versions themselves; the values; Ed25519 keys of which they are the seeds.
std::optional<Secret> as_secret(const Secret& secret);
std::optional<std::vector<SensitiveText>> as_texts(const Secret& secret);
std::optional<SigningKeys> as_signing_keys(const Secret& secret);

}  // namespace assay::secrets
