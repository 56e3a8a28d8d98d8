#pragma once

#include <filesystem>

#include "base/sensitive.hpp"

namespace assay::secrets {

enum class FileReaders {
  kOwnerAndGroup,  ///< refused when everybody may read it
  kAny,            ///< as the orchestrator mounts it
};

/// What a login is proved with: the content of a file without the white space at its end. Throws Refusal with a
/// sentence that names the file when it is missing, no file, empty, larger than 64 KiB or open to others than
/// `readers`.
SensitiveText read_credential_file(const std::filesystem::path& file, FileReaders readers);

}  // namespace assay::secrets
