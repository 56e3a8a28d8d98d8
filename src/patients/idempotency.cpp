#include "patients/idempotency.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "patients/caller.hpp"

namespace assay::patients {

namespace {

constexpr std::size_t kLongestKey = 255;

/// After that long a twin asks again.
constexpr std::chrono::seconds kRetryAfter{1};

bool is_visible_ascii(char c) { return c > ' ' && c <= '~'; }

/// The caller, the route and the key.
Bytes32 scope_of(const http::Context& context, std::string_view route, std::string_view key) {
  std::string scope;
  append_caller(scope, context);
  append_framed(scope, route);
  append_framed(scope, key);
  return sha256(scope);
}

}  // namespace

Result<std::optional<IdempotencyRow>> read_idempotency(const http::Request& request, std::string_view route) {
  constexpr std::string_view kName = "Idempotency-Key";
  const auto key = request.headers.find(kName);
  if (!key) return std::nullopt;
  const bool valid = request.headers.count(kName) == 1 && !key->empty() && key->size() <= kLongestKey &&
                     std::ranges::all_of(*key, is_visible_ascii);
  if (!valid) return fail(400, "The Idempotency-Key must be 1 to 255 visible ASCII characters.");
  return IdempotencyRow{.scope_hash = scope_of(request.context, route, *key),
                        .body_digest = sha256(request.body),
                        .document_id = {},
                        .created = {}};
}

std::optional<CreatesInFlight::Entry> CreatesInFlight::enter(const Bytes32& scope) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->scopes.insert(scope).second) return std::nullopt;
  return std::optional<Entry>(std::in_place, state_, scope);
}

CreatesInFlight::Entry::~Entry() {
  if (state_ == nullptr) return;
  const std::lock_guard lock(state_->mutex);
  state_->scopes.erase(scope_);
}

std::optional<IdempotencyRow> CreateClaim::row_for(const Uuid& document_id, Timestamp now) const {
  auto row = row_;
  if (row) {
    row->document_id = document_id;
    row->created = now;
  }
  return row;
}

Awaitable<Result<CreateClaim>> Idempotency::claim(std::optional<IdempotencyRow> row, telemetry::SpanPlace under) {
  if (!row) co_return CreateClaim();
  auto entry = in_flight_.enter(row->scope_hash);
  if (!entry) {
    co_return std::unexpected(Problem{
        .status = 409, .detail = "A request with this Idempotency-Key is in progress", .retry_after = kRetryAfter});
  }
  const auto earlier = co_await store_.find_idempotency(row->scope_hash, std::move(under));
  if (earlier && earlier->body_digest != row->body_digest) {
    co_return fail(422, "The Idempotency-Key was used with another body");
  }
  co_return CreateClaim(std::move(*entry), *row, earlier ? std::optional(earlier->document_id) : std::nullopt);
}

}  // namespace assay::patients
