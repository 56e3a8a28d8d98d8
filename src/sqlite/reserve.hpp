#pragma once

#include <cstdint>
#include <filesystem>

namespace assay::sqlite {

/// A file that keeps some of the disk's space, to be given back when the disk is full: so that what was begun
/// can be finished while the operator makes room.
class Reserve {
 public:
  /// Without a path there is no reserve.
  Reserve(std::filesystem::path file, std::size_t bytes) : file_(std::move(file)), bytes_(bytes) {}

  /// Takes the space if it isn't taken; false when the disk has too little.
  bool take() const;
  /// Gives the space back; false when there was none to give.
  bool release() const;
  /// What the file system has free for this program, in bytes.
  std::uintmax_t free_bytes() const;

 private:
  std::filesystem::path file_;
  std::size_t bytes_;
};

}  // namespace assay::sqlite
