#pragma once

#include <cstdint>

#include "audit/register_query.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// A page of records is ended by the one that reaches it.
inline constexpr std::size_t kPageBytes = std::size_t{4} << 20U;

/// The index below which the register has all records.
std::uint64_t register_position(const Connection& connection);

/// The record of a row whose first columns are index, id and document.
audit::RegisterEntry read_entry(const Statement& row);

}  // namespace assay::sqlite
