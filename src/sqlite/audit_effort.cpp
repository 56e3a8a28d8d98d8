#include "sqlite/audit_effort.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>
#include <utility>

namespace assay::sqlite {

namespace {

constexpr std::uint64_t kBlock = 512;  // in which the kernel counts

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

AuditEffort& AuditEffort::operator+=(const AuditEffort& other) {
  hashing += other.hashing;
  examining += other.examining;
  signatures += other.signatures;
  reading += other.reading;
  disk += other.disk;
  elapsed += other.elapsed;
  bytes += other.bytes;
  disk_bytes += other.disk_bytes;
  return *this;
}

std::string AuditEffort::bound() const {
  // A reader that slept without reading from the disk only waited for a processor.
  if (disk_bytes > 0 && disk > elapsed / 2) {
    return fmt::format("reading the disk (waited {:.1f} of {:.1f} s for it)", seconds(disk), seconds(elapsed));
  }
  const std::array<std::pair<std::chrono::nanoseconds, std::string_view>, 4> work{
      {{hashing, "SHA-256"},
       {reading, "reading the database's pages"},
       {examining, "reading what the records say"},
       {signatures, "Ed25519 signatures"}}};
  const auto [time, what] = *std::ranges::max_element(work);
  const auto total = hashing + reading + examining + signatures;
  return fmt::format("{} ({:.1f} of {:.1f} s of processor time)", what, seconds(time), seconds(total));
}

std::chrono::nanoseconds thread_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::uint64_t thread_disk_bytes() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_inblock) * kBlock;
}

}  // namespace assay::sqlite
