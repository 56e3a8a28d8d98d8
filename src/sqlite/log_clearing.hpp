#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "base/async.hpp"
#include "sqlite/connection.hpp"

namespace assay::sqlite {

/// What becomes of copies that moving rows leaves in the unused space of pages. Rows that are only appended and shrunk
/// leave none.
enum class Remains { kKeep, kOverwrite };

/// Empties a database's write-ahead log when somebody asks for it, and tries until no reader is in the way. The asked
/// are counted: one that comes while another is under way is another.
class LogClearing {
 public:
  /// `due` is a file that stands while remains are to be overwritten, so that a stop doesn't forget it.
  explicit LogClearing(std::filesystem::path due) : due_(std::move(due)) {}

  /// What a start has to ask for.
  Remains left_over() const;
  /// Asks for it; for `wait_for`. Safe from any thread.
  std::uint64_t ask(Remains remains);
  /// Whether it is done within `patience`; false for a database too large to overwrite remains in. Safe from any I/O
  /// thread.
  Awaitable<bool> wait_for(std::uint64_t asked, std::chrono::milliseconds patience) const;

  // The rest is for the writer's thread.

  bool is_due() const { return asked_ > done_; }
  /// Whether one was asked for since the last look.
  bool is_new() const { return asked_ > seen_; }
  void look();
  /// When to try again.
  std::chrono::milliseconds interval() const;
  /// Tries once; returns whether the log is empty now. Throws Error.
  bool attempt(Connection& connection);

 private:
  std::chrono::milliseconds patience() const;

  std::filesystem::path due_;
  std::atomic<std::uint64_t> asked_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<bool> must_overwrite_{false};
  std::atomic<bool> remains_stay_{false};
  std::uint64_t seen_ = 0;
  int in_vain_ = 0;
};

}  // namespace assay::sqlite
