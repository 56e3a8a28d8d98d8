#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "http/message.hpp"
#include "patients/store.hpp"

namespace assay::patients {

/// What a create with an Idempotency-Key is known by: the hash of what the key counts within (caller, route,
/// key) and the body's digest; the rest of the row is left open. Nothing without a key; a key that isn't
/// 1 to 255 visible ASCII characters is a Problem 400.
Result<std::optional<IdempotencyRow>> read_idempotency(const http::Request& request, std::string_view route);

/// The creates with a key that are being carried out, so that a twin doesn't start meanwhile. Shared by the
/// I/O threads; its entries may outlive it, as those of requests that a stop cut off do.
class CreatesInFlight {
  struct State {
    std::mutex mutex;
    std::set<Bytes32> scopes;
  };

 public:
  /// Ends with the object.
  class Entry {
   public:
    Entry(std::shared_ptr<State> state, const Bytes32& scope) : state_(std::move(state)), scope_(scope) {}
    Entry(Entry&& other) noexcept = default;
    Entry& operator=(Entry&&) = delete;
    ~Entry();

   private:
    std::shared_ptr<State> state_;  ///< null once moved from
    Bytes32 scope_;
  };

  /// Nothing when a create of that scope is in flight.
  std::optional<Entry> enter(const Bytes32& scope);

 private:
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// A create's right to be carried out.
class CreateClaim {
 public:
  /// A create without a key.
  CreateClaim() = default;
  CreateClaim(CreatesInFlight::Entry entry, const IdempotencyRow& row, std::optional<Uuid> earlier)
      : entry_(std::move(entry)), row_(row), earlier_(earlier) {}

  /// The document that an earlier request with the same key and body created.
  const std::optional<Uuid>& earlier() const { return earlier_; }

  /// What the store keeps with the new document; nothing without a key.
  std::optional<IdempotencyRow> row_for(const Uuid& document_id, Timestamp now) const;

 private:
  std::optional<CreatesInFlight::Entry> entry_;
  std::optional<IdempotencyRow> row_;
  std::optional<Uuid> earlier_;
};

/// Decides whether a create is new, a repeat (then the claim names the earlier document), a mistaken repeat
/// with another body (Problem 422) or one whose twin is in flight (409). Reads ids from the store's index only.
class Idempotency {
 public:
  explicit Idempotency(Store& store) : store_(store) {}

  /// `row` as `read_idempotency` made it. The claim must live until the create has ended.
  Awaitable<Result<CreateClaim>> claim(std::optional<IdempotencyRow> row, telemetry::SpanPlace under);

 private:
  Store& store_;
  CreatesInFlight in_flight_;
};

}  // namespace assay::patients
