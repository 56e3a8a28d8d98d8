#pragma once

#include <span>
#include <string_view>

#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Brings a database to the newest schema: `migrations[n]` leads from version n to n + 1, each in a
/// transaction of its own; the version is PRAGMA user_version, and `application_id` marks the file as ours.
/// Throws Refusal with a sentence when the file is another program's or of a newer version.
void migrate(Connection& connection, std::span<const std::string_view> migrations, int application_id);

}  // namespace assay::sqlite
