#include "secrets/change_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace assay::secrets {

ChangeLock::ChangeLock(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)) {
  if (descriptor_ < 0) {
    throw Refusal(fmt::format("the lock {} can't be opened: {}", file.string(), std::strerror(errno)));
  }
  while (::flock(descriptor_, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    const auto reason = std::string(std::strerror(errno));
    ::close(descriptor_);
    throw Refusal(fmt::format("{} can't be locked: {}", file.string(), reason));
  }
}

ChangeLock::~ChangeLock() { ::close(descriptor_); }

}  // namespace assay::secrets
