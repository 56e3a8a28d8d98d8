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

}  // namespace

HeadFile::HeadFile(std::filesystem::path file) : path_(std::move(file)) {}

HeadFile::~HeadFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::vector<std::string> HeadFile::read() const {
  const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
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
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor_ < 0) refuse(path_, "written");
}

void HeadFile::write(std::string_view note, std::string_view kept) {
  if (has_failed_) throw Refusal(fmt::format("{} failed before; restart once the disk is in order", path_.string()));
  if (note.size() >= kPlaceBytes) throw Refusal("a checkpoint has more signatures than the log's head has room for");
  open_or_make();
  std::string bytes(note);
  bytes.resize(kPlaceBytes, '\0');
  const std::size_t place = !kept.empty() && read_place(descriptor_, 0) == kept ? 1 : 0;
  const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset_of(place));
  has_failed_ = written != static_cast<ssize_t>(bytes.size()) || ::fdatasync(descriptor_) != 0;
  if (has_failed_) refuse(path_, "written");
}

}  // namespace assay::audit
