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

constexpr mode_t kOthersBits = S_IRWXG | S_IRWXO;

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

[[noreturn]] void refuse_to_read(const std::filesystem::path& path) {
  throw Refusal(fmt::format("{} can't be read: {}", path.string(), std::strerror(errno)));
}

/// Of the opened file itself, so that nobody can exchange it after the check.
struct stat status_of(const FileDescriptor& file, const std::filesystem::path& path) {
  struct stat status{};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) refuse_to_read(path);
  return status;
}

void require_private(const struct stat& status, const std::filesystem::path& path, std::string_view mode) {
  if ((status.st_mode & kOthersBits) != 0) {
    throw Refusal(fmt::format("{0} can be read by others than its owner: chmod {1} {0}", path.string(), mode));
  }
}

std::string read_whole(const FileDescriptor& file, std::size_t file_size, const std::filesystem::path& path) {
  std::string text(file_size, '\0');
  std::size_t size = 0;
  while (size < file_size) {
    const auto count = ::read(file.get(), text.data() + size, file_size - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse_to_read(path);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text;
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

std::string read_private_file(const std::filesystem::path& file, std::size_t limit) {
  // Not blocking, so that a pipe in the place of a file can't hold the start up.
  const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const auto status = status_of(opened, file);
  if (!S_ISREG(status.st_mode)) {
    throw Refusal(fmt::format("{} is no file; put the right one in its place", file.string()));
  }
  require_private(status, file, "600");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > limit) {
    throw Refusal(fmt::format("{} is larger than the {} KiB that it may have", file.string(), limit >> 10U));
  }
  return read_whole(opened, size, file);
}

void require_private_folder(const std::filesystem::path& folder) {
  const FileDescriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  require_private(status_of(opened, folder), folder, "700");
}

void make_durable(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) throw Refusal(fmt::format("{} can't be made durable: {}", path.string(), std::strerror(error)));
}

}  // namespace assay
