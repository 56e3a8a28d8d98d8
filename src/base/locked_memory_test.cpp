#include "base/locked_memory.hpp"

#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

namespace assay {
namespace {

using testing::HasSubstr;

/// The kernel's flags of the mapping that an address lies in.
std::string flags_of(const char* address) {
  std::ifstream maps("/proc/self/smaps");
  bool is_inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    std::istringstream words(line);
    if (words >> std::hex >> begin >> dash >> end && dash == '-') {
      const auto at = reinterpret_cast<std::uintptr_t>(address);
      is_inside = begin <= at && at < end;
    }
    if (is_inside && line.starts_with("VmFlags:")) return line;
  }
  return {};
}

constexpr std::size_t kSizes[] = {1, 31, 32, 33, 64, 100, 4095, 4096, 4097, 70'000};

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kCanLock = false;
#else
constexpr bool kCanLock = true;
#endif

TEST(LockedMemory, IsLockedAndNotDumpedNorInherited) {
  for (const auto size : kSizes) {
    const LockedBytes bytes(size);
    const auto flags = flags_of(bytes.data());
    EXPECT_THAT(flags, HasSubstr(" dd")) << size;
    EXPECT_THAT(flags, HasSubstr(" wf")) << size;
    if (kCanLock && locked_memory_trouble().empty()) EXPECT_THAT(flags, HasSubstr(" lo")) << size;
  }
}

TEST(LockedMemory, GivesPiecesThatDoNotOverlap) {
  std::vector<LockedBytes> pieces;
  for (int round = 0; round < 50; ++round) {
    for (const auto size : kSizes) pieces.emplace_back(size);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) std::memset(pieces[i].data(), static_cast<int>(i), pieces[i].size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::string expected(pieces[i].size(), static_cast<char>(i));
    EXPECT_EQ(std::string_view(pieces[i].data(), pieces[i].size()), expected);
  }
}

TEST(LockedMemory, IsOverwrittenWhenItGoesAndUsedAgain) {
  const char* kept = nullptr;
  {
    LockedBytes bytes(100);
    std::memset(bytes.data(), 's', bytes.size());
    kept = bytes.data();
  }
  EXPECT_EQ(std::count(kept, kept + 100, 's'), 0);
  const LockedBytes again(100);
  EXPECT_EQ(again.data(), kept);
}

TEST(LockedMemory, MovesWithoutACopyAndWipesWhatItReplaces) {
  LockedBytes first(50);
  const char* const replaced = first.data();
  std::memset(first.data(), 's', first.size());
  LockedBytes second(40);
  const char* const moved = second.data();
  first = std::move(second);
  EXPECT_EQ(first.data(), moved);
  EXPECT_EQ(first.size(), 40);
  EXPECT_EQ(std::count(replaced, replaced + 50, 's'), 0);
}

TEST(LockedMemory, IsEmptyInAChild) {
  LockedBytes bytes(100);
  std::memset(bytes.data(), 's', bytes.size());
  const auto child = ::fork();
  if (child == 0) {
    const bool empty = std::count(bytes.data(), bytes.data() + bytes.size(), 's') == 0;
    const LockedBytes usable(100);
    ::_exit(empty && usable.data() != nullptr ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(LockedMemory, ServesManyThreads) {
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      for (int round = 0; round < 2000; ++round) {
        LockedBytes bytes(kSizes[static_cast<std::size_t>(round) % 7]);
        std::memset(bytes.data(), thread, bytes.size());
        ASSERT_EQ(std::count(bytes.data(), bytes.data() + bytes.size(), thread),
                  static_cast<std::ptrdiff_t>(bytes.size()));
      }
    });
  }
}

/// In a child, since a lowered limit can't be raised again and the first failure stays.
TEST(LockedMemory, IsThereWhenItCannotBeLockedAndSaysWhy) {
  if (!kCanLock) GTEST_SKIP() << "the sanitizers lock nothing and say that they did";
  const auto child = ::fork();
  if (child == 0) {
    const rlimit none{};
    // Root is not bound by the limit; another user is.
    if (::setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (::geteuid() == 0 && ::setuid(65534) != 0)) ::_exit(2);
    LockedBytes bytes(100'000);
    std::memset(bytes.data(), 's', bytes.size());
    ::_exit(locked_memory_trouble().empty() ? 1 : 0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace assay
