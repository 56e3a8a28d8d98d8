#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// Brings a database to the newest schema: `migrations[n]` leads from version n to n + 1, each in a
/// transaction of its own; the version is PRAGMA user_version, and `application_id` marks the file as ours.
/// Throws Refusal with a sentence when the file is another program's, of a newer version, or has another schema than
/// its version's.
void migrate(Connection& connection, std::span<const std::string_view> migrations, int application_id);

/// How the schema of a database differs from what the migrations up to its version make, a sentence for each: a view or
/// a trigger of somebody else could show or store anything, and so could a table of another form.
std::vector<std::string> schema_faults(const Connection& connection, std::span<const std::string_view> migrations);

}  // namespace assay::sqlite
