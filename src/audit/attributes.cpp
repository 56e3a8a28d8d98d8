#include "audit/attributes.hpp"

#include "audit/record.hpp"
#include "base/hash.hpp"

namespace assay::audit {

namespace {

std::int64_t hash_of(std::string_view kind, std::string_view text) {
  const auto digest = sha256_of_parts({as_bytes(kind), as_bytes(text)});
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < sizeof first; ++i) first = first << 8U | digest[i];
  return static_cast<std::int64_t>(first);
}

}  // namespace

std::int64_t actor_hash(std::string_view id) { return hash_of("a", id); }

std::int64_t operation_hash(std::string_view operation) { return hash_of("o", operation); }

Attributes attributes_of(const NewRecord& record) {
  Attributes attributes;
  if (record.actor) attributes.actor = actor_hash(record.actor->id);
  if (record.resource) attributes.operation = operation_hash(record.resource->operation);
  return attributes;
}

}  // namespace assay::audit
