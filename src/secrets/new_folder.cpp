#include "secrets/new_folder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "base/error.hpp"
#include "base/private_file.hpp"

namespace assay::secrets {

namespace {

[[noreturn]] void fail_to_make(const std::filesystem::path& path) {
  throw Refusal(fmt::format("{} can't be made: {}", path.string(), std::system_category().message(errno)));
}

/// What is being made, beside the place where it shall be; removed unless it has become that.
class Draft {
 public:
  explicit Draft(const std::filesystem::path& folder) : pattern_(folder.string() + ".new-XXXXXX") {
    if (::mkdtemp(pattern_.data()) == nullptr) fail_to_make(folder);
    path_ = pattern_;
  }
  ~Draft() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::string pattern_;
  std::filesystem::path path_;
};

}  // namespace

void make_new_folder(const std::filesystem::path& folder,
                     const std::function<void(const std::filesystem::path& draft)>& fill) {
  auto target = std::filesystem::absolute(folder).lexically_normal();
  // Without a slash at its end, so that the draft stands beside it and not in it.
  if (!target.has_filename()) target = target.parent_path();
  std::error_code error;
  if (std::filesystem::exists(target, error) && !std::filesystem::is_empty(target, error)) {
    throw Refusal(
        fmt::format("{} exists and is not empty, and nothing is overwritten; choose another folder", target.string()));
  }
  const Draft draft(target);
  fill(draft.path());
  make_durable(draft.path());
  if (::rename(draft.path().c_str(), target.c_str()) != 0) fail_to_make(target);
  make_durable(target.parent_path());
}

}  // namespace assay::secrets
