#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "audit/record.hpp"
#include "base/uuid.hpp"

namespace assay::sqlite {

/// A record's place, and whether it still has its content.
struct PlacedRecord {
  std::uint64_t index = 0;
  bool is_erased = false;
};

/// The record of that id in an audit database, running or not.
std::optional<PlacedRecord> find_record(const std::filesystem::path& audit_file, const Uuid& id);

/// Calls `see(index, record)` for each record that mentions the id, and for each search, in order. Reads every record,
/// at one moment's state.
void for_each_record_of(const std::filesystem::path& audit_file, const Uuid& person,
                        const std::function<void(std::uint64_t, const audit::NewRecord&)>& see);

}  // namespace assay::sqlite
