#pragma once

#include <filesystem>
#include <string>

#include "app/part_folder.hpp"

namespace assay::app {

/// Tells the next start of the audit part that `assay restore` has put its database there, and kept the one before in
/// the folder of that name beside it. Where the register was not started since an earlier restore, the folder of that
/// one stays named: the log's head is of the database in it.
void note_restored(const PartFolder& audit, const std::string& replaced);

/// Before a restored log gets a new head: keeps the one that is there, in the folder that `note_restored` named.
/// Durable on return, and may be repeated after a crash. Returns the folder; empty when nothing was to be kept.
std::filesystem::path keep_replaced_head(const PartFolder& audit, const std::filesystem::path& head_file);

}  // namespace assay::app
