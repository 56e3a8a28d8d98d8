#pragma once

#include <vector>

#include "audit/store.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Under which names and keys the log of the database was signed; the last is the one in force.
std::vector<audit::LogOrigin> read_log_origins(const Connection& connection);

}  // namespace assay::sqlite
