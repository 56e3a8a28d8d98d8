#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace assay {

/// Writes a new file of mode 0600 that is durable, with its folder's entry, on return. Throws Refusal with a
/// sentence when it exists or can't be written; then there is none.
void write_private_file(const std::filesystem::path& file, std::string_view content);

/// As `write_private_file`, in the place of a file that may exist: it holds the one content or the other at any moment.
void replace_private_file(const std::filesystem::path& file, std::string_view content);

/// The content of a file that only its owner may read. Throws Refusal with a sentence that names it when it is missing,
/// no regular file, larger than `limit`, or readable by others.
std::string read_private_file(const std::filesystem::path& file, std::size_t limit);

/// Throws Refusal when the folder can't be read or others than its owner may read it.
void require_private_folder(const std::filesystem::path& folder);

/// Makes a file's content or a folder's entries durable. Throws Refusal with a sentence.
void make_durable(const std::filesystem::path& path);

}  // namespace assay
