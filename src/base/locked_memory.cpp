#include "base/locked_memory.hpp"

#include <sodium.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

namespace assay {

namespace {

constexpr std::size_t kSmallestPiece = 32;
constexpr std::size_t kClasses = 8;
constexpr std::size_t kLargestPiece = kSmallestPiece << (kClasses - 1);
constexpr std::size_t kPage = 4096;
/// As much as the least that systems let a process lock.
constexpr std::size_t kSlab = 16 * kPage;

static_assert(kLargestPiece == kPage);

/// The error number of the first failure to lock.
constinit std::atomic<int> lock_failure{0};

char* map_locked(std::size_t size) {
  void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  // What a kernel doesn't know of these two changes nothing for the process itself.
  ::madvise(mapped, size, MADV_DONTDUMP);
  ::madvise(mapped, size, MADV_WIPEONFORK);
  if (::mlock(mapped, size) != 0) {
    int none = 0;
    lock_failure.compare_exchange_strong(none, errno);
  }
  return static_cast<char*>(mapped);
}

std::size_t class_of(std::size_t size) {
  const auto pieces = (size + kSmallestPiece - 1) / kSmallestPiece;
  return static_cast<std::size_t>(std::bit_width(pieces - 1));
}

/// Pieces of up to a page. A page holds pieces of one size; a free piece begins with the address of the next one.
class Pages {
 public:
  char* take(std::size_t size) {
    const auto wanted = class_of(size);
    const std::scoped_lock lock(mutex_);
    if (free_.at(wanted) == nullptr) cut_page(wanted);
    char* const piece = free_.at(wanted);
    std::memcpy(static_cast<void*>(&free_.at(wanted)), piece, sizeof(char*));
    return piece;
  }

  /// The piece must be overwritten already.
  void give_back(char* piece, std::size_t size) {
    const std::scoped_lock lock(mutex_);
    push(class_of(size), piece);
  }

 private:
  void push(std::size_t to, char* piece) {
    std::memcpy(piece, static_cast<const void*>(&free_.at(to)), sizeof(char*));
    free_.at(to) = piece;
  }
  void cut_page(std::size_t into) {
    if (slab_left_ == 0) {
      slab_ = map_locked(kSlab);
      slab_left_ = kSlab;
    }
    const auto piece = kSmallestPiece << into;
    for (std::size_t at = 0; at < kPage; at += piece) push(into, slab_ + at);
    slab_ += kPage;
    slab_left_ -= kPage;
  }

  std::mutex mutex_;
  std::array<char*, kClasses> free_{};
  char* slab_ = nullptr;
  std::size_t slab_left_ = 0;
};

/// One for the process, as memory is; never destroyed, since others' texts may go after it.
constinit Pages pages;

}  // namespace

LockedBytes::LockedBytes(std::size_t size) : size_(size) {
  if (size > 0) data_ = size <= kLargestPiece ? pages.take(size) : map_locked(size);
}

LockedBytes::LockedBytes(LockedBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

LockedBytes& LockedBytes::operator=(LockedBytes&& other) noexcept {
  // By way of a third, so that what was here is wiped now and not when the other goes.
  LockedBytes taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  return *this;
}

LockedBytes::~LockedBytes() {
  if (data_ == nullptr) return;
  sodium_memzero(data_, size_);
  if (size_ <= kLargestPiece) {
    pages.give_back(data_, size_);
  } else {
    ::munmap(data_, size_);
  }
}

std::string locked_memory_trouble() {
  const int error = lock_failure.load();
  return error == 0 ? std::string() : std::string(std::strerror(error));
}

}  // namespace assay
