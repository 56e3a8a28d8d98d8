#include "secrets/change_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/error.hpp"

namespace assay::secrets {

namespace {

constexpr std::chrono::seconds kLongestWait{5};
constexpr std::chrono::milliseconds kBetweenAttempts{20};

}  // namespace

ChangeLock::ChangeLock(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)) {
  if (descriptor_ < 0) {
    throw Refusal(fmt::format("the lock {} can't be opened: {}", file.string(), std::strerror(errno)));
  }
  boost::asio::io_context context(1);
  boost::asio::steady_timer timer(context);
  const auto deadline = std::chrono::steady_clock::now() + kLongestWait;
  while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int fault = errno;
    const bool may_wait = (fault == EWOULDBLOCK || fault == EINTR) && std::chrono::steady_clock::now() < deadline;
    if (may_wait) {
      // A lock can't be waited for with a bound.
      timer.expires_after(kBetweenAttempts);
      timer.wait();
      continue;
    }
    ::close(descriptor_);
    if (fault == EWOULDBLOCK) {
      throw Refusal(fmt::format("another command holds {}: wait for it, then try again", file.string()));
    }
    throw Refusal(fmt::format("{} can't be locked: {}", file.string(), std::strerror(fault)));
  }
}

ChangeLock::~ChangeLock() { ::close(descriptor_); }

}  // namespace assay::secrets
