#include "base/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace assay {

namespace {

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

[[noreturn]] void refuse(const std::filesystem::path& file, int error) {
  throw Refusal(fmt::format("the file {} can't be written: {}", file.string(), std::strerror(error)));
}

}  // namespace

void write_private_file(const std::filesystem::path& file, std::string_view content) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) refuse(file, errno);
  const bool written = write_all(descriptor, content);
  const int error = errno;
  ::close(descriptor);
  if (!written) {
    ::unlink(file.c_str());
    refuse(file, error);
  }
  try {
    make_durable(file.has_parent_path() ? file.parent_path() : ".");
  } catch (const Refusal&) {
    ::unlink(file.c_str());
    throw;
  }
}

void replace_private_file(const std::filesystem::path& file, std::string_view content) {
  const auto draft = std::filesystem::path(file).concat(".new");
  ::unlink(draft.c_str());
  write_private_file(draft, content);
  if (::rename(draft.c_str(), file.c_str()) != 0) refuse(file, errno);
  make_durable(file.has_parent_path() ? file.parent_path() : ".");
}

void make_durable(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) throw Refusal(fmt::format("{} can't be made durable: {}", path.string(), std::strerror(error)));
}

}  // namespace assay
