#pragma once

#include <cstddef>
#include <string>

namespace assay {

/// Memory for secrets: never written to swap (mlock), left out of core dumps, gone in a child process, and overwritten
/// when it is given back. Small pieces share pages that stay with the process, so that one costs no system call.
class LockedBytes {
 public:
  LockedBytes() = default;
  /// Of any content. Throws std::bad_alloc.
  explicit LockedBytes(std::size_t size);
  LockedBytes(const LockedBytes&) = delete;
  LockedBytes(LockedBytes&& other) noexcept;
  LockedBytes& operator=(const LockedBytes&) = delete;
  LockedBytes& operator=(LockedBytes&& other) noexcept;
  ~LockedBytes();

  /// Null when there are none.
  char* data() { return data_; }
  const char* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Why some of that memory could not be locked; empty while all is. It is used all the same: only swap may hold it
/// then.
std::string locked_memory_trouble();

}  // namespace assay
