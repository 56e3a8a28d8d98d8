#include "sqlite/audit_attributes_check.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace assay::sqlite {

namespace {

/// Zero in a database from before there was an index.
std::uint64_t read_position(const Connection& connection) {
  auto index = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'attribute'");
  if (!index.step()) return 0;
  auto position = connection.prepare("SELECT position FROM access_position");
  return position.step() ? static_cast<std::uint64_t>(std::max<std::int64_t>(position.integer(0), 0)) : 0;
}

}  // namespace

AttributeSums::AttributeSums(const Connection& connection)
    : key_(crypto_shorthash_KEYBYTES, '\0'), position_(read_position(connection)) {
  randombytes_buf(key_.data(), key_.size());
}

std::uint64_t AttributeSums::of(const audit::Attributes& attributes, std::uint64_t index) const {
  if (index >= position_) return 0;
  const auto row = static_cast<std::int64_t>(index);
  std::uint64_t sum = 0;
  if (attributes.actor) sum += of_row(*attributes.actor, row);
  if (attributes.operation) sum += of_row(*attributes.operation, row);
  return sum;
}

std::uint64_t AttributeSums::of_row(std::int64_t hash, std::int64_t index) const {
  const std::array<std::int64_t, 2> content{hash, index};
  std::uint64_t hashed = 0;
  static_assert(sizeof hashed == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<std::uint8_t*>(&hashed), reinterpret_cast<const std::uint8_t*>(content.data()),
                   sizeof content, reinterpret_cast<const std::uint8_t*>(key_.data()));
  return hashed;
}

AuditAttributesCheck::Stretch* AuditAttributesCheck::stretch_of(std::int64_t index) {
  if (index < 0 || static_cast<std::uint64_t>(index) >= sums_.position()) return nullptr;
  const auto behind = std::ranges::upper_bound(stretches_, static_cast<std::uint64_t>(index), {}, &Stretch::first);
  return behind == stretches_.begin() ? nullptr : &*std::prev(behind);
}

void AuditAttributesCheck::finish() {
  if (sums_.position() == 0) return;
  auto rows = connection_.prepare("SELECT hash, idx FROM attribute");
  while (rows.step()) {
    const auto index = rows.integer(1);
    auto* stretch = stretch_of(index);
    if (stretch == nullptr) {
      return faults_.note(0,
                          fmt::format("The index of actors and operations has a row of record {}, which is not in it "
                                      "yet.",
                                      index));
    }
    stretch->sum -= sums_.of_row(rows.integer(0), index);
  }
  for (const auto& stretch : stretches_) {
    if (stretch.sum == 0) continue;
    faults_.note(stretch.first, fmt::format("The index of actors and operations is not that of the records from {} on.",
                                            stretch.first));
  }
}

}  // namespace assay::sqlite
