#include "sqlite/reserve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>
#include <system_error>

namespace assay::sqlite {

bool Reserve::take() const {
  if (file_.empty()) return true;
  std::error_code missing;
  if (std::filesystem::file_size(file_, missing) >= bytes_ && !missing) return true;
  // What is taken must leave as much again: a reserve that fills the disk helps nobody.
  if (free_bytes() < 2 * bytes_) return false;
  const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0) return false;
  const bool taken = ::posix_fallocate(file, 0, static_cast<off_t>(bytes_)) == 0;
  ::close(file);
  if (!taken) release();
  return taken;
}

bool Reserve::release() const {
  std::error_code error;
  return !file_.empty() && std::filesystem::remove(file_, error);
}

std::uintmax_t Reserve::free_bytes() const {
  if (file_.empty()) return std::numeric_limits<std::uintmax_t>::max();
  std::error_code error;
  const auto space = std::filesystem::space(file_.parent_path(), error);
  return error ? 0 : space.available;
}

}  // namespace assay::sqlite
