#pragma once

#include <filesystem>
#include <string_view>

namespace assay {

/// Writes a new file of mode 0600 that is durable, with its folder's entry, on return. Throws Refusal with a
/// sentence when it exists or can't be written; then there is none.
void write_private_file(const std::filesystem::path& file, std::string_view content);

}  // namespace assay
