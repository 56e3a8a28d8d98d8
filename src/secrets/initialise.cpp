#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.hpp"
#include "base/private_file.hpp"
#include "secrets/directory.hpp"
#include "secrets/making.hpp"

namespace assay::secrets {

namespace {

[[noreturn]] void fail_to_make(const std::filesystem::path& path) {
  throw Refusal(fmt::format("{} can't be made: {}", path.string(), std::system_category().message(errno)));
}

void make_folder(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), S_IRWXU) != 0) fail_to_make(path);
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

void write_for_readers(const std::filesystem::path& folder, const Grant& grant, const SensitiveText& value) {
  for (const auto reader : grant.readers) write_private_file(folder / reader / grant.name, value.reveal());
}

/// The log's key is made by the audit part with the log's name.
bool is_made_at_once(const Grant& grant) {
  return grant.making == Making::kRandom || (grant.making == Making::kSigningKey && !grant.derived.empty());
}

void write_all(const std::filesystem::path& folder, Random& random) {
  for (const auto part : kIdentities) make_folder(folder / part);
  for (const auto& grant : grants()) {
    if (!is_made_at_once(grant)) continue;
    const auto value = make_value(grant, random);
    write_for_readers(folder, grant, value);
    if (grant.derived.empty()) continue;
    write_for_readers(folder, *find_grant(grant.derived),
                      SensitiveText(to_text({listed_key(grant, value)}, key_form(grant))));
  }
  make_durable(folder);
}

}  // namespace

void initialise(const std::filesystem::path& folder, Random& random) {
  auto target = std::filesystem::absolute(folder).lexically_normal();
  // Without a slash at its end, so that the draft stands beside it and not in it.
  if (!target.has_filename()) target = target.parent_path();
  std::error_code error;
  if (std::filesystem::exists(target, error) && !std::filesystem::is_empty(target, error)) {
    throw Refusal(
        fmt::format("{} exists and is not empty, and nothing is overwritten; choose another folder", target.string()));
  }
  const Draft draft(target);
  write_all(draft.path(), random);
  if (::rename(draft.path().c_str(), target.c_str()) != 0) fail_to_make(target);
  make_durable(target.parent_path());
}

}  // namespace assay::secrets
