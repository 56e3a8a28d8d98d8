#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace assay::sqlite {

/// What an examination took, as measured: processor time by kind of work, summed over the threads, and the time
/// that the reading thread slept.
struct AuditEffort {
  std::chrono::nanoseconds hashing{};     ///< SHA-256: entries, leaves, tiles
  std::chrono::nanoseconds examining{};   ///< what the records say
  std::chrono::nanoseconds signatures{};  ///< Ed25519 under checkpoints
  std::chrono::nanoseconds reading{};     ///< rows out of the database's pages
  std::chrono::nanoseconds disk{};        ///< slept while reading
  std::chrono::nanoseconds elapsed{};
  std::uint64_t bytes = 0;       ///< of the records
  std::uint64_t disk_bytes = 0;  ///< that came from the disk, and not from memory

  AuditEffort& operator+=(const AuditEffort& other);

  /// What it waited for most, with the figures that say so: "SHA-256 (1.2 of 3.4 s of processor time)".
  std::string bound() const;
};

/// Processor time of the calling thread.
std::chrono::nanoseconds thread_time();
/// What the calling thread has read from disks, in bytes.
std::uint64_t thread_disk_bytes();

}  // namespace assay::sqlite
