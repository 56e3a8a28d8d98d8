#pragma once

#include <filesystem>
#include <string>

#include "app/part_folder.hpp"
#include "secrets/directory.hpp"

namespace assay::app {

/// Tells the next start of the audit part that `assay restore` has put its database there, and kept the one before in
/// the folder of that name beside it. Where the register was not started since an earlier restore, the folder of that
/// one stays named: the log's key and head are of the database in it.
void note_restored(const PartFolder& audit, const std::string& replaced);

/// Before a restored log gets a new key and a new head: keeps those that are there, in the folder that `note_restored`
/// named. Durable on return, and may be repeated after a crash. Returns the folder; empty when nothing was to be kept.
std::filesystem::path keep_replaced_log(const PartFolder& audit, const secrets::Directory& secrets,
                                        const std::filesystem::path& head_file);

}  // namespace assay::app
