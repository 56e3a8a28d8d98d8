#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>

#include "base/bytes.hpp"
#include "secrets/sealed_document.hpp"

namespace assay::secrets {

/// What is the newest sealed file that was ever seen here, so that no older one passes for it. Safe from
/// any thread.
class NewestSeen {
 public:
  /// `file` keeps it; when the path is empty, it is known while this object lives.
  NewestSeen(std::filesystem::path file, const VerifyingKey& operator_key)
      : file_(std::move(file)), operator_key_(operator_key) {}

  /// Throws Refusal when the document, whose text has that hash and which was read from `place`, is older than the
  /// newest, or another of the same number; else it is the newest from now on.
  void take(const SealedDocument& document, const Bytes32& hash, const std::filesystem::path& place);

 private:
  void read(const std::filesystem::path& place);
  void keep() const;

  std::filesystem::path file_;
  VerifyingKey operator_key_;
  std::mutex mutex_;
  bool is_read_ = false;
  std::uint64_t sequence_ = 0;
  Bytes32 hash_{};
};

}  // namespace assay::secrets
