#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::audit {

struct NewRecord;

/// What a record is found by besides its patient, as numbers that an index keeps; absent where the record has none.
struct Attributes {
  std::optional<std::int64_t> actor;
  std::optional<std::int64_t> operation;

  bool operator==(const Attributes&) const = default;
};

/// The first 8 bytes, big-endian, of SHA-256 over the letter `a` and the actor's id. Others may share it: what an
/// index finds is held against the record.
std::int64_t actor_hash(std::string_view id);
/// Likewise over the letter `o` and the resource's operation.
std::int64_t operation_hash(std::string_view operation);

Attributes attributes_of(const NewRecord& record);

}  // namespace assay::audit
