#pragma once

#include <filesystem>

namespace assay::secrets {

/// Held while secrets are changed, so that of two commands neither undoes what the other does. Waits some
/// seconds for the other: none takes longer than some files' replacement.
class ChangeLock {
 public:
  /// Throws Refusal when the file can't be opened or locked in that time.
  explicit ChangeLock(const std::filesystem::path& file);
  ~ChangeLock();
  ChangeLock(const ChangeLock&) = delete;
  ChangeLock& operator=(const ChangeLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace assay::secrets
