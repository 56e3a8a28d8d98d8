#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "base/error.hpp"
#include "base/private_file.hpp"
#include "secrets/directory.hpp"
#include "secrets/making.hpp"
#include "secrets/new_folder.hpp"

namespace assay::secrets {

namespace {

void make_folder(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0) return;
  throw Refusal(fmt::format("{} can't be made: {}", path.string(), std::system_category().message(errno)));
}

void write_for_readers(const std::filesystem::path& folder, const Grant& grant, const SensitiveText& value) {
  for (const auto reader : grant.readers) write_private_file(folder / reader / grant.name, value.reveal());
}

void write_all(const std::filesystem::path& folder, Random& random) {
  for (const auto part : kIdentities) make_folder(folder / part);
  for (const auto& grant : grants()) {
    if (!is_made_first(grant)) continue;
    const auto value = make_value(grant, random);
    write_for_readers(folder, grant, value);
    if (grant.derived.empty()) continue;
    write_for_readers(folder, *find_grant(grant.derived),
                      SensitiveText(to_text({listed_key(grant, value)}, key_form(grant))));
  }
}

}  // namespace

void initialise(const std::filesystem::path& folder, Random& random) {
  make_new_folder(folder, [&random](const std::filesystem::path& draft) { write_all(draft, random); });
}

}  // namespace assay::secrets
