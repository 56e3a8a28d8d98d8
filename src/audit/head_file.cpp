#include "audit/head_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "base/private_file.hpp"

namespace assay::audit {

namespace {

constexpr std::size_t kPlaces = 2;
/// A page of the disk: a write of one leaves the other alone.
constexpr std::size_t kPlaceBytes = 4096;

off_t offset_of(std::size_t place) { return static_cast<off_t>(place * kPlaceBytes); }

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view what) {
  throw Refusal(fmt::format("{} can't be {}: {}", path.string(), what, std::strerror(errno)));
}

/// Closes the descriptor and throws unless it is of a file.
void require_file(int descriptor, const std::filesystem::path& path) {
  struct stat status{};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) return;
  ::close(descriptor);
  throw Refusal(fmt::format("{} is no file; remove it, or let audit.head_path name another place", path.string()));
}

/// Not waiting, so that a pipe in the place of the file can't hold the start up; -1 where there is none.
int open_file(const std::filesystem::path& path, int mode) {
  const int descriptor = ::open(path.c_str(), mode | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor >= 0) require_file(descriptor, path);
  return descriptor;
}

bool write_all(int descriptor, std::string_view bytes, off_t offset) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(descriptor, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += written;
  }
  return true;
}

}  // namespace

HeadFile::HeadFile(std::filesystem::path file) : path_(std::move(file)) {}

HeadFile::~HeadFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::vector<std::string> HeadFile::read() const {
  const int descriptor = open_file(path_, O_RDONLY);
  if (descriptor < 0 && errno == ENOENT) return {};
  if (descriptor < 0) refuse(path_, "read");
  std::vector<std::string> notes;
  try {
    for (std::size_t place = 0; place < kPlaces; ++place) {
      auto note = read_place(descriptor, place);
      if (!note.empty()) notes.push_back(std::move(note));
    }
  } catch (...) {
    ::close(descriptor);
    throw;
  }
  ::close(descriptor);
  return notes;
}

std::string HeadFile::read_place(int descriptor, std::size_t place) const {
  std::string bytes(kPlaceBytes, '\0');
  const auto count = ::pread(descriptor, bytes.data(), bytes.size(), offset_of(place));
  if (count < 0) refuse(path_, "read");
  bytes.resize(static_cast<std::size_t>(count));
  return bytes.substr(0, bytes.find('\0'));
}

void HeadFile::open_or_make() {
  if (descriptor_ >= 0) return;
  if (!std::filesystem::exists(path_)) write_private_file(path_, std::string(kPlaces * kPlaceBytes, '\0'));
  descriptor_ = open_file(path_, O_RDWR);
  if (descriptor_ < 0) refuse(path_, "written");
}

void HeadFile::write(std::string_view note, std::string_view kept) {
  if (has_failed_) throw Refusal(fmt::format("{} failed before; restart once the disk is in order", path_.string()));
  if (note.size() >= kPlaceBytes) throw Refusal("a checkpoint has more signatures than the log's head has room for");
  open_or_make();
  std::string bytes(note);
  bytes.resize(kPlaceBytes, '\0');
  const std::size_t place = !kept.empty() && read_place(descriptor_, 0) == kept ? 1 : 0;
  // Tried again with the next note: what a full disk left half written is in the place that nobody relies on.
  if (!write_all(descriptor_, bytes, offset_of(place))) refuse(path_, "written");
  has_failed_ = ::fdatasync(descriptor_) != 0;
  if (has_failed_) refuse(path_, "written");
}

}  // namespace assay::audit
