#include "app/part_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"

namespace assay::app {

namespace {

namespace fs = std::filesystem;

void make_private_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), S_IRWXU) == 0) return;
  if (errno != EEXIST) {
    throw Refusal(fmt::format("the folder {} can't be made: {}", folder.string(), std::strerror(errno)));
  }
  std::error_code error;
  const auto status = fs::status(folder, error);
  if (error || !fs::is_directory(status)) throw Refusal(fmt::format("{} is no folder", folder.string()));
  constexpr auto kOthers = fs::perms::group_all | fs::perms::others_all;
  if ((status.permissions() & kOthers) != fs::perms::none) {
    throw Refusal(fmt::format("others may look into {}, which holds patients' data; run chmod 700 {}", folder.string(),
                              folder.string()));
  }
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    throw Refusal(fmt::format("the folder {} can't be written: {}", folder.string(), std::strerror(errno)));
  }
}

/// A lock on the whole file, of the open file and not of the process.
struct flock exclusive_lock() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

int open_lock(const fs::path& file) {
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (lock < 0) {
    throw Refusal(fmt::format("the lock {} can't be opened: {}", file.string(), std::strerror(errno)));
  }
  return lock;
}

}  // namespace

fs::path open_data_directory(const fs::path& directory) {
  make_private_folder(directory);
  return fs::canonical(directory);
}

PartFolder::PartFolder(const fs::path& data_directory, std::string_view part) : path_(data_directory / part) {
  make_private_folder(path_);
  lock_ = open_lock(path_ / "lock");
  const auto lock = exclusive_lock();
  if (::fcntl(lock_, F_OFD_SETLK, &lock) == 0) return;
  ::close(lock_);
  throw Refusal(
      fmt::format("{} is in use by another assay process; stop that one or choose another --data-dir", path_.string()));
}

PartFolder::~PartFolder() {
  if (lock_ >= 0) ::close(lock_);
}

PartFolder::PartFolder(PartFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

fs::path PartFolder::database() const { return path_ / (path_.filename().string() + ".db"); }

fs::path PartFolder::database_of(const fs::path& data_directory, std::string_view part) {
  return data_directory / part / (std::string(part) + ".db");
}

bool PartFolder::is_in_use(const fs::path& data_directory, std::string_view part) {
  const auto file = data_directory / part / "lock";
  if (!fs::exists(file)) return false;
  const int lock = open_lock(file);
  // Asked and not tried: a lock that is held for a moment only would keep a part from starting in it.
  auto held = exclusive_lock();
  const bool in_use = ::fcntl(lock, F_OFD_GETLK, &held) != 0 || held.l_type != F_UNLCK;
  ::close(lock);
  return in_use;
}

}  // namespace assay::app
