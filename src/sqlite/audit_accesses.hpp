#pragma once

#include "audit/register_query.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// A page of a patient's accesses, and their number, inside a read transaction.
audit::AccessPage read_accesses_of(const Connection& connection, const audit::AccessQuery& query);

}  // namespace assay::sqlite
