#include "sqlite/log_clearing.hpp"

#include "base/error.hpp"
#include "base/private_file.hpp"
#include "sqlite/checkpointer.hpp"
#include "sqlite/page_remains.hpp"

namespace assay::sqlite {

namespace {

/// How long readers may hold the writer up, and how often it tries; a reader that stays, such as a backup, isn't waited
/// for any more.
constexpr std::chrono::milliseconds kReaderPatience{50};
constexpr std::chrono::milliseconds kInterval{100};
constexpr std::chrono::seconds kLaterInterval{1};
constexpr int kPatientAttempts = 20;

constexpr std::chrono::milliseconds kLookInterval{5};

}  // namespace

Remains LogClearing::left_over() const { return std::filesystem::exists(due_) ? Remains::kOverwrite : Remains::kKeep; }

std::uint64_t LogClearing::ask(Remains remains) {
  if (remains == Remains::kOverwrite) {
    replace_private_file(due_, "Remains of erased rows are to be overwritten.\n");
    must_overwrite_ = true;
  }
  return ++asked_;
}

Awaitable<bool> LogClearing::wait_for(std::uint64_t asked, std::chrono::milliseconds patience) const {
  Timer timer(co_await boost::asio::this_coro::executor);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (done_ < asked) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    timer.expires_after(kLookInterval);
    co_await timer.async_wait(use_awaitable);
  }
  co_return !remains_stay_;
}

void LogClearing::look() {
  if (is_new()) in_vain_ = 0;
  seen_ = asked_;
}

std::chrono::milliseconds LogClearing::interval() const {
  return in_vain_ < kPatientAttempts ? kInterval : kLaterInterval;
}

std::chrono::milliseconds LogClearing::patience() const {
  return in_vain_ < kPatientAttempts ? kReaderPatience : std::chrono::milliseconds(0);
}

bool LogClearing::attempt(Connection& connection) {
  const auto asked = asked_.load();
  if (!Checkpointer::empty_log(connection, patience())) {
    ++in_vain_;
    return false;
  }
  if (must_overwrite_) {
    try {
      overwrite_remains(connection);
    } catch (const Refusal&) {
      remains_stay_ = true;
    }
    must_overwrite_ = false;
    std::filesystem::remove(due_);
  }
  done_ = asked;
  return true;
}

}  // namespace assay::sqlite
