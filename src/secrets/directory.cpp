#include "secrets/directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "base/private_file.hpp"

namespace assay::secrets {

namespace {

constexpr std::size_t kMaximumSecretBytes = 64U << 10U;
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

std::string reason() { return std::system_category().message(errno); }

/// Of the opened file itself, so that nobody can exchange it after the check.
struct stat status_of(const FileDescriptor& file, const std::filesystem::path& path) {
  struct stat status{};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    throw Refusal(fmt::format("{} can't be read: {}", path.string(), reason()));
  }
  return status;
}

void require_private(const struct stat& status, const std::filesystem::path& path, std::string_view mode) {
  if ((status.st_mode & kOthersBits) != 0) {
    throw Refusal(fmt::format("{0} can be read by others than its owner: chmod {1} {0}", path.string(), mode));
  }
}

std::string read_at_most(const FileDescriptor& file, std::size_t limit, const std::filesystem::path& path) {
  std::string text(limit, '\0');
  std::size_t size = 0;
  while (size < limit) {
    const auto count = ::read(file.get(), text.data() + size, limit - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Refusal(fmt::format("{} can't be read: {}", path.string(), reason()));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text;
}

template <class Key>
Key parsed(std::optional<Key> key, const std::filesystem::path& path) {
  if (!key) throw Refusal(fmt::format("{} holds no valid key; make the secrets again or restore it", path.string()));
  return std::move(*key);
}

}  // namespace

Directory::Directory(std::filesystem::path folder) : folder_(std::move(folder)) {
  const FileDescriptor opened(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  require_private(status_of(opened, folder_), folder_, "700");
}

SensitiveText Directory::get(std::string_view name) const {
  const auto path = folder_ / name;
  // Not blocking, so that a pipe in the place of a file can't hold the start up.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const auto status = status_of(file, path);
  if (!S_ISREG(status.st_mode)) {
    throw Refusal(fmt::format("{} is no file; put a file with the secret in its place", path.string()));
  }
  require_private(status, path, "600");
  auto text = read_at_most(file, kMaximumSecretBytes + 1, path);
  if (text.size() > kMaximumSecretBytes) {
    throw Refusal(
        fmt::format("{} is larger than the {} KiB that a secret may have", path.string(), kMaximumSecretBytes >> 10U));
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.empty()) throw Refusal(fmt::format("{} is empty; put the secret into it", path.string()));
  return SensitiveText(std::move(text));
}

bool Directory::has(std::string_view name) const { return std::filesystem::exists(folder_ / name); }

void Directory::put(std::string_view name, const SensitiveText& secret) const {
  replace_private_file(folder_ / name, secret.reveal());
}

SigningKey Directory::signing_key(std::string_view name) const {
  return parsed(SigningKey::parse(get(name)), folder_ / name);
}

VerifyingKey Directory::verifying_key(std::string_view name) const {
  return parsed(VerifyingKey::parse(get(name).reveal()), folder_ / name);
}

Bytes32 Directory::verifier(std::string_view name) const {
  Bytes32 hash{};
  const bool valid = from_hex(get(name).reveal(), hash);
  return parsed(valid ? std::optional(hash) : std::nullopt, folder_ / name);
}

}  // namespace assay::secrets
