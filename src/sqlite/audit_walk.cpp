#include "sqlite/audit_walk.hpp"

#include "audit/attributes.hpp"
#include "base/error.hpp"

namespace assay::sqlite {

AttributeWalk::AttributeWalk(const Connection& connection, std::int64_t hash)
    : hash_(hash),
      select_(connection.prepare("SELECT idx FROM attribute WHERE hash = ? AND idx >= ? ORDER BY idx LIMIT 1")) {}

std::optional<std::uint64_t> AttributeWalk::seek(std::uint64_t least) {
  const ResetOnExit reset(select_);
  select_.bind(1, hash_).bind(2, static_cast<std::int64_t>(least));
  if (!select_.step()) return std::nullopt;
  return static_cast<std::uint64_t>(select_.integer(0));
}

PatientWalk::PatientWalk(const Connection& connection, const Uuid& patient)
    : patient_(patient), select_(connection.prepare("SELECT idx FROM access WHERE patient = ? AND sequence = ?")) {
  auto count = connection.prepare("SELECT max(sequence) FROM access WHERE patient = ?");
  count.bind(1, Blob(patient_.bytes)).step();
  last_ = static_cast<std::uint64_t>(count.integer(0));
}

std::optional<std::uint64_t> PatientWalk::seek(std::uint64_t least) {
  // The next number is the usual one.
  if (sequence_ <= last_ && index_of(sequence_) < least) {
    auto below = sequence_;
    auto end = last_ + 1;
    while (end - below > 1) {
      const auto middle = below + (end - below) / 2;
      (index_of(middle) < least ? below : end) = middle;
    }
    sequence_ = end;
  }
  if (sequence_ > last_) return std::nullopt;
  return index_of(sequence_);
}

std::uint64_t PatientWalk::index_of(std::uint64_t sequence) {
  const ResetOnExit reset(select_);
  select_.bind(1, Blob(patient_.bytes)).bind(2, static_cast<std::int64_t>(sequence));
  if (!select_.step()) throw Unavailable("a patient's number is missing in the audit database; run 'assay check'");
  return static_cast<std::uint64_t>(select_.integer(0));
}

std::vector<std::unique_ptr<IndexWalk>> walks_for(const Connection& connection, const audit::RegisterQuery& query) {
  std::vector<std::unique_ptr<IndexWalk>> walks;
  if (query.patient_id) walks.push_back(std::make_unique<PatientWalk>(connection, *query.patient_id));
  if (query.actor) walks.push_back(std::make_unique<AttributeWalk>(connection, audit::actor_hash(*query.actor)));
  if (query.operation) {
    walks.push_back(std::make_unique<AttributeWalk>(connection, audit::operation_hash(*query.operation)));
  }
  return walks;
}

}  // namespace assay::sqlite
