#pragma once

#include <filesystem>
#include <functional>

namespace assay::secrets {

/// Makes a folder of mode 0700 that `fill` fills, all or nothing: it is filled beside its place and then renamed.
/// Durable on return where `fill`'s files are. Throws Refusal when the folder exists and isn't empty, or can't be made.
void make_new_folder(const std::filesystem::path& folder,
                     const std::function<void(const std::filesystem::path& draft)>& fill);

}  // namespace assay::secrets
