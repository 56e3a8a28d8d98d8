#pragma once

#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Overwrites the unused space of the database's pages, where SQLite leaves copies of rows that it moved to other
/// pages, secure_delete or not. The log must be empty and nobody else may write or copy meanwhile; readers may read.
/// Only bytes without meaning change, so that a crash in between does no harm. Reads the whole file. Throws Error, and
/// Refusal for a database of 128 GiB or more, whose pages can't be told apart.
void overwrite_remains(Connection& connection);

}  // namespace assay::sqlite
